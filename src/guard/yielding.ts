import { findAgent, liveAgents } from '../agent/index.js';
import { appendEvent } from '../event/index.js';
import { acquireLock, locksInCircle, releaseLock, type Lock, type LockRequest } from '../lock/index.js';
import { CallsheetError } from '../error/index.js';
import { leaveNotice } from '../notice/index.js';
import { defined, type Reader, type Transaction } from '../store/index.js';
import { findWrites, openCallsOf } from '../write/index.js';
import { stampOf } from './content.js';
import { quotedPath, shownPath } from './refusal.js';
import type { Saved, Unsaved } from './save-work.js';

/** So many files are saved for one write; one that changes again and again is not waited for. */
const MOST_SAVED = 20;

/** Who would have to wait for itself, and for what. */
export interface Asker {
  agentId: string;
  path: string;
  /** What has been saved for it. */
  saved: readonly Saved[];
}

/** How a circle was ended: `told` is for the asker, when it was its own lock. */
export type Yielded =
  | { done: true; lock: Lock; told?: string }
  /** The work under the lock is to be saved first. */
  | { done: false; save: Unsaved[] }
  | { done: false; problem: string };

/**
 * Ends the circle of waits that an agent would close: the youngest of its claims that the guard has taken yields, after
 * what was written under it is saved. A place in line is younger than any lock that is held, of those the one that was
 * taken last is: whoever holds the oldest never yields it, so somebody always gets on.
 * @param mayYield Which locks are the guard's own. Who has locked something by hand keeps it.
 */
export async function yieldYoungest(
  tx: Transaction,
  asker: Asker,
  mayYield: (lock: Lock) => boolean,
): Promise<Yielded> {
  const { agentId, path, saved } = asker;
  const circle = await locksInCircle(tx, { agentId, targets: [{ kind: 'path', value: path }] });
  const lock = youngest(circle.filter(mayYield));
  if (lock === undefined) return { done: false, problem: 'the guard has taken none of them' };
  const work = lock.state === 'held' ? await workUnder(tx, lock) : [];
  const found = work.map((file) => ({ file, saved: savedAs(file, saved) }));
  const save = found.flatMap((each) => (each.saved === undefined ? [each.file] : []));
  if (save.length > 0)
    return saved.length < MOST_SAVED
      ? { done: false, save }
      : { done: false, problem: 'it is being written all the time' };
  const kept = found.flatMap((each) => each.saved ?? []);
  const problem = kept.find((each) => each.problem !== undefined)?.problem;
  if (problem !== undefined)
    return { done: false, problem: `what was written there cannot be saved: ${problem}` };
  const told = await handOver(tx, asker, lock, kept);
  return { done: true, lock, ...defined({ told }) };
}

function youngest(locks: readonly Lock[]): Lock | undefined {
  const takenAt = ({ grantedAt = Infinity }: Lock): number => grantedAt;
  const [first] = [...locks].sort((a, b) =>
    takenAt(a) === takenAt(b) ? b.seq - a.seq : takenAt(b) - takenAt(a),
  );
  return first;
}

/** Everything of a lock that was written since it was taken, or is about to be: in whichever checkout. */
async function workUnder(tx: Reader, { agentId, paths, grantedAt = 0 }: Lock): Promise<Unsaved[]> {
  const of = (await findAgent(tx, agentId))?.name ?? agentId;
  const found = new Map<string, Unsaved>();
  const add = ({ checkout, path, taskId, attempt }: Omit<Unsaved, 'of'>): void =>
    void found.set(`${checkout}\0${path}`, { checkout, path, of, ...defined({ taskId, attempt }) });
  const subagents = (await liveAgents(tx)).filter(({ parentId }) => parentId === agentId);
  for (const { id } of [{ id: agentId }, ...subagents])
    for (const call of await openCallsOf(tx, id))
      if (paths.includes(call.path)) add({ checkout: call.checkout, path: call.path });
  for (const write of await findWrites(tx, { paths, sinceMs: grantedAt })) add(write);
  return [...found.values()];
}

function savedAs({ checkout, path }: Unsaved, saved: readonly Saved[]): Saved | undefined {
  const stamp = stampOf(`${checkout}/${path}`);
  return saved.findLast((each) => each.checkout === checkout && each.path === path && each.stamp === stamp);
}

/** @returns What the asker is told, where it is the one that yields; others are told at their next step. */
async function handOver(
  tx: Transaction,
  { agentId: asker }: Asker,
  lock: Lock,
  kept: readonly Saved[],
): Promise<string | undefined> {
  const { granted } = await releaseLock(tx, { agentId: lock.agentId, lockId: lock.id });
  const next = granted.find(({ paths }) => paths.some((path) => lock.paths.includes(path)))?.agentId ?? asker;
  const snapshots = kept.flatMap(({ snapshot }) => snapshot ?? []);
  const data = { lock: lock.id, paths: lock.paths, to: next, snapshots };
  await appendEvent(tx, { type: 'lock.yielded', agentId: lock.agentId, data });
  // A place in line is taken again, behind.
  if (lock.state === 'queued') return undefined;
  const text = yieldedText(lock, (await findAgent(tx, next))?.name ?? next, kept);
  if (lock.agentId === asker) return text;
  await leaveNotice(tx, lock.agentId, { topic: `yielded:${lock.id}`, text });
  if (next === asker) await tellAsker(tx, asker, lock);
  return undefined;
}

async function tellAsker(tx: Transaction, asker: string, { id, agentId, paths }: Lock): Promise<void> {
  const name = (await findAgent(tx, agentId))?.name ?? agentId;
  const text = `callsheet: ${name} has let go of ${shownPaths(paths)}, because the two of you waited for each other's files: you may go on. What ${name} has written there is in the file as it was left; read it before you build on it.`;
  await leaveNotice(tx, asker, { topic: `given-way:${id}`, text });
}

function yieldedText({ paths }: Lock, to: string, kept: readonly Saved[]): string {
  const ways = kept.map(
    ({ snapshot = '', path }) => `callsheet undo ${snapshot} --file ${quotedPath(path)} --to DIR`,
  );
  const work =
    ways.length === 0
      ? 'You had written nothing there yet.'
      : `What you wrote there is in the file, and saved besides: ${ways.join(' and ')}.`;
  return `callsheet: ${shownPaths(paths)} is ${to}'s now: agents waited in a circle for each other's files, and of their claims yours was the youngest. ${work} Read it again before you write it; until it is free again your writes of it wait in line.`;
}

function shownPaths(paths: readonly string[]): string {
  return paths.map(shownPath).join(', ');
}

/** Puts those whose places yielded in line again, behind whoever passed them; where that would close a circle, they hear of it. */
export async function backInLine(
  tx: Transaction,
  places: readonly Lock[],
  asked: Pick<LockRequest, 'queueMs' | 'ttlMs' | 'reason'>,
): Promise<void> {
  for (const { id, agentId, paths } of places) {
    try {
      await acquireLock(tx, { agentId, paths, resources: [], byHand: false, queue: true, ...asked });
    } catch (error) {
      if (!(error instanceof CallsheetError) || error.code !== 'LOCK_DEADLOCK') throw error;
      const text = `callsheet: you are no longer in line for ${shownPaths(paths)}: agents that wait for files of yours were in line for it too. Try again when you have ended what you do with yours.`;
      await leaveNotice(tx, agentId, { topic: `yielded:${id}`, text });
    }
  }
}
