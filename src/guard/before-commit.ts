import { findAgent, liveAgents, type Agent } from '../agent/index.js';
import { readBlob } from '../blob/index.js';
import { appendEvent, findEvents } from '../event/index.js';
import { locksOverlapping, type Holder } from '../lock/index.js';
import { openTopics } from '../notice/index.js';
import { findSeen } from '../read/index.js';
import type { Reader } from '../store/index.js';
import { findWrite, newestWrite, openShellsIn, workOf, type Write } from '../write/index.js';
import { authorsOf, type Authors } from './authors.js';
import type { Guard } from './guard.js';
import { sameButLineEnds } from './line-changes.js';
import { sweep } from './sweep.js';
import { isLive, sessionOf, whoWrote } from './who.js';

/** A commit that is about to be made. */
export interface CommitIntent {
  /** Whose it is; nobody who is registered: a person's. */
  agent?: Agent;
  /** Top folder of the checkout, absolute and without links. */
  checkout: string;
  /** The files that it would change, with the object ids of the content before and of the new one; empty where there is none. */
  files: readonly CommittedFile[];
  /** The content behind such an id. */
  contentOf: (hash: string) => Promise<Buffer | undefined>;
}

export interface CommittedFile {
  path: string;
  before: string;
  hash: string;
}

/** Something in a commit that is not the business of whoever commits. */
export interface InTheWay {
  path: string;
  why: 'locked' | 'uncommitted' | 'overwrote';
  /** In words, without the path: `locked by bo`. */
  what: string;
}

/** What a topic of a notice begins with that tells an agent what its command wrote over. */
const OVERWROTE = 'overwrote:';

/**
 * What a commit takes along that another is at work on: paths that are locked, lines that are the work of another live
 * session, whoever wrote the file last, and paths on which a command of this agent wrote over what it had not seen, as long as it has not
 * been told.
 */
export async function beforeCommit(guard: Guard, commit: CommitIntent): Promise<InTheWay[]> {
  const { store } = guard;
  const family = await familyOf(store, commit.agent);
  await sweepOwnCommand(guard, commit, family);
  const found = [
    ...(await lockedIn(store, commit, family)),
    ...(await workIn(guard, commit, family)),
    ...(await overwrittenIn(store, commit, family)),
  ];
  const { agent } = commit;
  if (agent !== undefined && found.length > 0)
    await store.transaction(async (tx) => {
      const paths = [...new Set(found.map(({ path }) => path))];
      const data = { paths, checkout: commit.checkout, upTo: await newestWrite(tx) };
      await appendEvent(tx, { type: 'commit.refused', agentId: agent.id, data });
    });
  return found;
}

/** A session and its subagents commit for each other: a commit tells only whose session it is. */
async function familyOf(reader: Reader, agent: Agent | undefined): Promise<Set<string>> {
  if (agent === undefined) return new Set();
  const head = agent.parentId ?? agent.id;
  const subagents = (await liveAgents(reader)).filter(({ parentId }) => parentId === head);
  return new Set([head, agent.id, ...subagents.map(({ id }) => id)]);
}

/** The command that commits may have written before it: that is looked at now, not at the end of the step. */
async function sweepOwnCommand(
  guard: Guard,
  { checkout }: CommitIntent,
  family: ReadonlySet<string>,
): Promise<void> {
  const isOwn = (await openShellsIn(guard.store, checkout)).some(({ agentId }) => family.has(agentId));
  if (isOwn) await sweep(guard, checkout);
}

async function lockedIn(
  store: Guard['store'],
  { agent, files }: CommitIntent,
  family: ReadonlySet<string>,
): Promise<InTheWay[]> {
  const filter = { byHandOnly: true, nowMs: store.clock.now() };
  const paths = files.map(({ path }) => path);
  if ((await locksOverlapping(store, paths, filter)).length === 0) return [];
  const found: InTheWay[] = [];
  for (const path of paths) {
    for (const holder of await locksOverlapping(store, [path], filter)) {
      if (family.has(holder.lock.agentId)) continue;
      // A person's own locks are no news to a person.
      if (agent === undefined && (await findAgent(store, holder.lock.agentId))?.role === 'human') continue;
      found.push({ path, why: 'locked', what: lockedBy(holder) });
      break;
    }
  }
  return found;
}

function lockedBy({ agentName, taskId }: Holder): string {
  return `locked by ${agentName}${taskId === undefined ? '' : ` for task ${taskId}`}`;
}

async function workIn(guard: Guard, commit: CommitIntent, family: ReadonlySet<string>): Promise<InTheWay[]> {
  const { store } = guard;
  const candidates = await workOf(store, commit.checkout);
  const written = new Set(candidates.filter(({ agentId }) => !family.has(agentId)).map(({ path }) => path));
  const found: InTheWay[] = [];
  for (const file of commit.files.filter(({ path }) => written.has(path))) {
    const named = new Set(family);
    const { writes, mover } = await writesIn(guard, commit, file);
    const all = mover === undefined ? writes : [...writes, mover];
    const sessions = await Promise.all(all.map(({ agentId }) => sessionOf(store, agentId)));
    const isOfBoth = sessions
      .slice(0, writes.length)
      .some((session) => session !== undefined && family.has(session.id));
    for (const [index, write] of all.entries()) {
      const session = sessions[index];
      if (session === undefined || named.has(session.id) || !(await isOther(store, session))) continue;
      if (isOfBoth && (await isKnowing(guard, commit, file, family, write))) continue;
      named.add(session.id);
      const what = await workInWords(store, { ...write, agentId: session.id });
      found.push({ path: file.path, why: 'uncommitted', what });
    }
  }
  return found;
}

/**
 * Whether a commit of lines of both is made by one that has been refused it since the other wrote, and has seen all of
 * the file: else two who have edited one file, and cannot tell their lines apart, keep each other from committing.
 */
async function isKnowing(
  guard: Guard,
  { agent, checkout, contentOf }: CommitIntent,
  { path, hash }: CommittedFile,
  family: ReadonlySet<string>,
  other: Write,
): Promise<boolean> {
  if (agent === undefined) return false;
  const filter = { type: 'commit.refused', agentId: agent.id, path, newest: 1 };
  const [refused] = await findEvents(guard.store, filter);
  if (
    refused === undefined ||
    refused.data['checkout'] !== checkout ||
    Number(refused.data['upTo']) < other.seq
  )
    return false;
  for (const agentId of family) {
    const seen = await findSeen(guard.store, { agentId, checkout }, path);
    if (seen?.whole === true && (await isSame(guard, { contentOf }, hash, seen.hash))) return true;
  }
  return false;
}

async function isOther(reader: Reader, session: Agent): Promise<boolean> {
  return session.role !== 'human' && (await isLive(reader, session));
}

/** The writes of which something is in a file as it is to be committed, and the one that moved it. */
async function writesIn(
  guard: Guard,
  commit: CommitIntent,
  file: CommittedFile,
): Promise<Omit<Authors, 'last'>> {
  const place = { checkout: commit.checkout, path: file.path };
  const sides = {
    committed: { hash: file.before, bytes: await bytesOf(guard, commit, file.before) },
    now: { hash: file.hash, bytes: await bytesOf(guard, commit, file.hash) },
  };
  const { writes, mover, last } = await authorsOf(guard, guard.store, place, sides);
  // Where lines do not tell, the content as a whole is looked at.
  const isLast =
    writes.length === 0 && last !== undefined && (await isSame(guard, commit, file.hash, last.after));
  return { writes: isLast ? [last] : writes, mover };
}

async function bytesOf(guard: Guard, { contentOf }: CommitIntent, hash: string): Promise<Buffer | undefined> {
  return readBlob(guard.sheetFolder, hash) ?? (await contentOf(hash));
}

async function workInWords(store: Guard['store'], write: Write): Promise<string> {
  return `uncommitted work: ${await whoWrote(store, write, store.clock.now())}`;
}

/**
 * Whether the index has a content that was recorded from the checkout. git may keep it with other line ends, or under
 * another kind of id.
 */
async function isSame(
  { sheetFolder }: Guard,
  { contentOf }: Pick<CommitIntent, 'contentOf'>,
  inIndex: string,
  recorded: string,
): Promise<boolean> {
  if (inIndex === recorded) return true;
  if (inIndex === '' || recorded === '') return false;
  const kept = readBlob(sheetFolder, recorded);
  if (kept === undefined || (inIndex.length === recorded.length && !kept.includes('\r\n'))) return false;
  const content = await contentOf(inIndex);
  return content !== undefined && (content.equals(kept) || sameButLineEnds(content, kept));
}

async function overwrittenIn(
  reader: Reader,
  { checkout, files }: CommitIntent,
  family: ReadonlySet<string>,
): Promise<InTheWay[]> {
  const paths = new Set(files.map(({ path }) => path));
  const found: InTheWay[] = [];
  for (const agentId of family) {
    for (const topic of await openTopics(reader, agentId, OVERWROTE)) {
      const seq = Number(topic.slice(OVERWROTE.length));
      const write = await findWrite(reader, seq);
      if (write?.checkout !== checkout || !paths.has(write.path)) continue;
      const what = `your command wrote over a change that you had not seen; before it: callsheet undo --write ${seq}`;
      found.push({ path: write.path, why: 'overwrote', what });
    }
  }
  return found;
}
