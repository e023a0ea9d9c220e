import { setTimeout as pause } from 'node:timers/promises';
import { CallsheetError, errorCode } from '../error/index.js';
import type { ProcessIdentity } from './identity.js';
import { isAlive } from './identity.js';
import type { ProcessEntry } from './table.js';
import { entryOf } from './table.js';
import { treeMembers } from './tree.js';

export interface EndTreeOptions {
  /** How long the tree may take to end by itself after SIGTERM, in milliseconds; 0 kills at once. */
  graceMs: number;
  /** `NAME=value` in the environment of every process of the tree: finds those that left it. */
  marker?: string;
}

// A killed process that has not gone by then waits in the kernel (a hung disk) or belongs to somebody else.
const KILL_WITHIN_MS = 5_000;

/**
 * Ends a process and all that it started: SIGTERM, then SIGKILL after `graceMs` for whoever is left, daemons included.
 * Works when the root has already ended. A pid that belongs to another process by now is not touched, nor are we.
 * @returns When nothing of it runs any more.
 * @throws {CallsheetError} `PROCESS_NOT_ENDED` when some of it survived SIGKILL for 5 s.
 */
export async function endTree(root: ProcessIdentity, { graceMs, marker }: EndTreeOptions): Promise<void> {
  let members = treeMembers(root, marker, []);
  if (members.length > 0 && graceMs > 0) {
    signalAll(root, members, 'SIGTERM');
    await untilGone(members, graceMs);
    members = treeMembers(root, marker, members);
  }
  const deadline = performance.now() + KILL_WITHIN_MS;
  // Again until a look finds nobody: a process can start another one between the look and the signal.
  while (members.length > 0) {
    if (performance.now() > deadline) throw notEnded(members);
    signalAll(root, members, 'SIGKILL');
    await untilGone(members, 250);
    members = treeMembers(root, marker, members);
  }
}

function signalAll(root: ProcessIdentity, members: ProcessEntry[], signal: NodeJS.Signals): void {
  // The group first, in one call: nobody in it can fork its way out between two signals.
  const group = members.filter(({ groupId }) => groupId === root.pid);
  const isOurOwn = entryOf(process.pid)?.groupId === root.pid;
  const byGroup = !isOurOwn && group.some(isAlive) && send(-root.pid, signal);
  for (const member of members) {
    if (byGroup && member.groupId === root.pid) continue;
    if (isAlive(member)) send(member.pid, signal);
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    // ESRCH: it ended by itself. EPERM: another user's (sudo); if it stays, the caller hears of it.
    if (['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

async function untilGone(members: ProcessEntry[], withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  // Nobody tells us when a process that is not our child ends, so we look; short at first, most end at once.
  for (let waitMs = 2; members.some(isAlive); waitMs = Math.min(waitMs * 2, 50)) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return;
    await pause(Math.min(waitMs, leftMs));
  }
}

function notEnded(members: ProcessEntry[]): CallsheetError {
  const pids = members.map(({ pid }) => pid).join(', ');
  return new CallsheetError(
    'PROCESS_NOT_ENDED',
    `Still running ${KILL_WITHIN_MS / 1_000} s after SIGKILL: ${pids}. Everything else of the tree has ended.`,
    {
      hint: `Look at them with: ps -fp ${pids.replaceAll(' ', '')}`,
      data: { pids: members.map(({ pid }) => pid) },
    },
  );
}
