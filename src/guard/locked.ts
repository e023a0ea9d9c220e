import { CallsheetError } from '../error/index.js';
import {
  acquireLock,
  expireLocks,
  findLocks,
  locksOverlapping,
  releaseLock,
  renewLock,
  renewQueued,
  type Holder,
  type Lock,
  type LockAnswer,
} from '../lock/index.js';
import { leaveNotice } from '../notice/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { findTask } from '../task/index.js';
import { formatDuration, oneLine, plainText } from '../text/index.js';
import { findWrites } from '../write/index.js';
import type { Guard } from './guard.js';
import { quotedPath, shownPath } from './refusal.js';
import type { Unsaved } from './save-work.js';
import { uncommitted } from './uncommitted.js';
import { backInLine, yieldYoungest, type Asker, type Yielded } from './yielding.js';

/** How long a file stays with whoever writes it under the policy `lock`, after the last write. */
const AT_WORK_MS = 3 * 60_000;
/** How long a place in line is kept without a step of whoever waits. */
const IN_LINE_MS = 5 * 60_000;
/** How long the next in line has a file, once it is told, before it writes there. */
const GRANTED_MS = 60_000;
/** Marks the locks that the guard takes; a lock by hand has a reason of its own, or none. */
const AT_WORK = 'at work on it';

/** What an agent is told whose write meets a lock that another has taken by hand. */
export async function lockedByHand(
  tx: Transaction,
  agentId: string,
  path: string,
): Promise<string | undefined> {
  const filter = { exceptAgent: agentId, byHandOnly: true, nowMs: tx.now };
  const [holder] = await locksOverlapping(tx, [path], filter);
  if (holder === undefined) return undefined;
  return `${lockedText(path, holder, tx.now)}\nDo something else meanwhile, or wait in line for it: callsheet lock acquire ${quotedPath(path)} --wait 5m`;
}

const REQUEST = { ttlMs: AT_WORK_MS, queueMs: IN_LINE_MS, reason: AT_WORK } as const;

/** What comes of a write under the policy `lock`: it passes, is refused, or something is to be saved and it asks again. */
export interface LockOutcome {
  refused?: string;
  save?: Unsaved[];
}

/**
 * The policy `lock`: the first write of a file takes it, and others wait in line. Where they would wait in a circle,
 * the youngest claim of it yields.
 */
export async function lockWhileAtWork(tx: Transaction, asker: Asker): Promise<LockOutcome> {
  const placesLost: Lock[] = [];
  const own: { topic: string; text: string }[] = [];
  for (;;) {
    const answer = await askInLine(tx, asker);
    const yielded = answer === 'circle' ? await yieldYoungest(tx, asker, isAtWork) : undefined;
    if (yielded?.done === true) {
      const { lock, told: text } = yielded;
      if (lock.state === 'queued') placesLost.push(lock);
      if (text !== undefined) own.push({ topic: `yielded:${lock.id}`, text });
      continue;
    }
    await backInLine(tx, placesLost, REQUEST);
    const outcome = outcomeOf(tx, asker, answer, yielded);
    if (outcome.refused !== undefined)
      return { refused: [outcome.refused, ...own.map(({ text }) => text)].join('\n') };
    // What it would have heard in the refusal it hears at its next step.
    for (const notice of own) await leaveNotice(tx, asker.agentId, notice);
    return outcome;
  }
}

async function askInLine(tx: Transaction, { agentId, path }: Asker): Promise<LockAnswer | 'circle'> {
  try {
    const request = { agentId, paths: [path], resources: [], byHand: false, queue: true };
    return await acquireLock(tx, { ...request, ...REQUEST });
  } catch (error) {
    if (!(error instanceof CallsheetError) || error.code !== 'LOCK_DEADLOCK') throw error;
    return 'circle';
  }
}

function outcomeOf(
  tx: Transaction,
  { path }: Asker,
  answer: LockAnswer | 'circle',
  yielded: Exclude<Yielded, { done: true }> | undefined,
): LockOutcome {
  if (yielded !== undefined)
    return 'save' in yielded ? { save: yielded.save } : { refused: circleText(path, yielded.problem) };
  if (answer === 'circle' || answer.granted) return {};
  const [holder] = answer.heldBy;
  if (holder === undefined) return {};
  const place = answer.position === undefined ? '' : ` You are number ${answer.position} in line for it.`;
  return {
    refused: `${lockedText(path, holder, tx.now)}${place}\nDo something else meanwhile; you are told when it is yours.`,
  };
}

function circleText(path: string, problem: string): string {
  return `callsheet: not written. ${shownPath(path)} is locked by an agent that waits for a file of yours, so nobody would ever go on; none of these locks can be handed on by itself (${oneLine(plainText(problem), 200)}). End what you do with yours first: it is let go of when you commit, or end your turn.`;
}

/** Lets go of what the guard has locked for an agent, and of its places in line: its turn is over. */
export async function endAtWork(tx: Transaction, agentId: string): Promise<void> {
  for (const { id } of await ownAtWork(tx, agentId)) await releaseLock(tx, { agentId, lockId: id });
}

/** Lets go of a file that an agent was let write, and has not written. */
export async function endUnused(tx: Transaction, agentId: string, path: string): Promise<void> {
  for (const { id, state, paths, grantedAt = 0 } of await ownAtWork(tx, agentId)) {
    if (state !== 'held' || !paths.includes(path)) continue;
    const written = await findWrites(tx, { paths: [path], sinceMs: grantedAt, newest: 1 });
    if (written.length === 0) await releaseLock(tx, { agentId, lockId: id });
  }
}

/**
 * An agent that waits in line keeps its place by being at work, and is told, once, what has become its own: it has it
 * for a while from then on.
 */
export async function keepInLine(tx: Transaction, agentId: string): Promise<void> {
  const waiting = (await ownAtWork(tx, agentId)).filter(({ state }) => state === 'queued');
  for (const lock of waiting) await renewQueued(tx, lock.id, IN_LINE_MS);
  // Whoever held it may have done nothing for too long, and nobody else looks.
  if (waiting.length > 0) await expireLocks(tx);
  for (const lock of await ownAtWork(tx, agentId))
    if (lock.state === 'held' && isHandedOn(lock)) await tellGranted(tx, lock);
}

/** Lets go of what an agent has locked by writing it, and has committed, or written for a task that it holds no more. */
export async function endDone({ store }: Guard, agentId: string): Promise<void> {
  const done: Lock[] = [];
  for (const lock of await ownAtWork(store, agentId))
    if (lock.state === 'held' && (await isDone(store, agentId, lock))) done.push(lock);
  if (done.length === 0) return;
  await store.transaction(async (tx) => {
    for (const { id } of done) await releaseLock(tx, { agentId, lockId: id });
  });
}

async function isDone(reader: Reader, agentId: string, { paths, grantedAt = 0 }: Lock): Promise<boolean> {
  const [write] = await findWrites(reader, { paths, sinceMs: grantedAt, newest: 1 });
  if (write === undefined) return false;
  const task = write.taskId === undefined ? undefined : await findTask(reader, write.taskId);
  if (task !== undefined && task.claimedBy !== agentId) return true;
  return (await uncommitted(write.checkout, [write], false)).length === 0;
}

async function ownAtWork(reader: Reader, agentId: string): Promise<Lock[]> {
  return (await findLocks(reader, { agentId, byHand: false })).filter(isAtWork);
}

function isAtWork({ byHand, reason }: Lock): boolean {
  return !byHand && reason === AT_WORK;
}

function isHandedOn({ grantedAt, createdAt }: Lock): boolean {
  return grantedAt !== undefined && grantedAt > createdAt;
}

async function tellGranted(tx: Transaction, { id, agentId, paths }: Lock): Promise<void> {
  const text = `callsheet: ${paths.map(shownPath).join(', ')} is yours now, for ${formatDuration(GRANTED_MS)}; read it again before you write.`;
  if (await leaveNotice(tx, agentId, { topic: `granted:${id}`, text })) await renewLock(tx, id, GRANTED_MS);
}

function lockedText(
  path: string,
  { agentName, taskId, since, until, target, lock }: Holder,
  now: number,
): string {
  const about = taskId === undefined ? '' : ` for task ${taskId}`;
  const by = target === path ? '' : ` (${shownPath(target)})`;
  const why = lock.reason === undefined ? '' : `, saying “${oneLine(plainText(lock.reason), 200)}”`;
  const ago = formatDuration(Math.max(1_000, now - since));
  const left = formatDuration(Math.max(1_000, until - now));
  return `callsheet: not written. ${shownPath(path)} is locked by ${agentName}${about}${by} since ${ago}${why}; the lock ends in ${left} unless it is renewed.`;
}
