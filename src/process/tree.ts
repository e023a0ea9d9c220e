import type { ProcessIdentity } from './identity.js';
import { markedAmong } from './marked.js';
import type { ProcessEntry } from './table.js';
import { allEntries } from './table.js';

/**
 * Every running process of a tree: its root, whoever shares the root's group or session, whoever carries the
 * marker, and all their descendants. Never the calling process.
 * @param known Members found before: their descendants belong to the tree even when the root is gone.
 */
export function treeMembers(
  root: ProcessIdentity,
  marker: string | undefined,
  known: readonly ProcessEntry[],
): ProcessEntry[] {
  const entries = allEntries();
  const members = new Map<number, ProcessEntry>();
  const marked = marker === undefined ? [] : markedAmong(entries.filter(notBefore(root)), marker);
  const stillThere = entries.filter((entry) => known.some((member) => isSame(entry, member)));
  for (const entry of [...ownGroup(entries, root), ...marked, ...stillThere]) members.set(entry.pid, entry);
  addDescendants(members, entries);
  members.delete(process.pid);
  return [...members.values()].filter((entry) => !entry.isZombie);
}

/**
 * Whoever carries the marker was started by the root or after it; reading the environment of every process of a
 * machine at the end of each attempt takes longer than all else that ends it.
 */
function notBefore(root: ProcessIdentity): (entry: ProcessEntry) => boolean {
  const start = startOf(root);
  return (entry) => {
    const other = startOf(entry);
    return start === undefined || other?.boot !== start.boot || other.tick >= start.tick;
  };
}

function startOf({ startedAt }: ProcessIdentity): { boot: string; tick: number } | undefined {
  const [, boot = '', tick] = /^(.*):(\d+)$/.exec(startedAt) ?? [];
  return process.platform !== 'linux' || tick === undefined ? undefined : { boot, tick: Number(tick) };
}

function ownGroup(entries: ProcessEntry[], root: ProcessIdentity): ProcessEntry[] {
  const leader = entries.find(({ pid }) => pid === root.pid);
  // Another process has the pid by now: a group of that number is not ours.
  if (leader !== undefined && leader.startedAt !== root.startedAt) return [];
  return entries.filter(
    (entry) => isSame(entry, root) || entry.sessionId === root.pid || isGroupMember(entry, root.pid),
  );
}

// Our children lead a session of their own, so group and session number agree. A shell pipeline that got the same
// number after our leader had gone has the session of its terminal, and is left alone.
function isGroupMember(entry: ProcessEntry, groupId: number): boolean {
  return entry.groupId === groupId && (entry.sessionId ?? groupId) === groupId;
}

function addDescendants(members: Map<number, ProcessEntry>, entries: ProcessEntry[]): void {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of entries) {
    const siblings = children.get(entry.parentPid);
    if (siblings === undefined) children.set(entry.parentPid, [entry]);
    else siblings.push(entry);
  }
  const open = [...members.keys()];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (members.has(child.pid) || child.pid === process.pid) continue;
      members.set(child.pid, child);
      open.push(child.pid);
    }
  }
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startedAt === other.startedAt;
}
