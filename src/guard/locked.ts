import { CallsheetError } from '../error/index.js';
import {
  acquireLock,
  findLocks,
  locksOverlapping,
  releaseLock,
  renewQueued,
  type Holder,
  type LockAnswer,
} from '../lock/index.js';
import { leaveNotice } from '../notice/index.js';
import type { Transaction } from '../store/index.js';
import { formatDuration, oneLine, plainText } from '../text/index.js';
import { shownPath } from './refusal.js';

/** How long a file stays with whoever writes it under the policy `lock`, after the last write. */
const AT_WORK_MS = 3 * 60_000;
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
  return `${lockedText(path, holder, tx.now)}\nDo something else meanwhile, or wait in line for it: callsheet lock acquire ${quoted(path)} --wait 5m`;
}

/** The policy `lock`: the first write of a file takes it, and others wait in line. */
export async function lockWhileAtWork(
  tx: Transaction,
  agentId: string,
  path: string,
): Promise<string | undefined> {
  const request = { agentId, paths: [path], resources: [], ttlMs: AT_WORK_MS, reason: AT_WORK };
  let answer: LockAnswer;
  try {
    answer = await acquireLock(tx, { ...request, queue: true, byHand: false });
  } catch (error) {
    if (!(error instanceof CallsheetError) || error.code !== 'LOCK_DEADLOCK') throw error;
    return `callsheet: not written. ${shownPath(path)} is locked by an agent that waits for a file of yours, so nobody would ever go on. End what you do with yours first: it is let go of when you commit, or end your turn.`;
  }
  if (answer.granted) return undefined;
  const [holder] = answer.heldBy;
  if (holder === undefined) return undefined;
  const place = answer.position === undefined ? '' : ` You are number ${answer.position} in line for it.`;
  return `${lockedText(path, holder, tx.now)}${place}\nDo something else meanwhile; you are told when it is yours.`;
}

/** Lets go of what the guard has locked for an agent: it has committed, or its turn is over. */
export async function endAtWork(tx: Transaction, agentId: string): Promise<void> {
  for (const lock of await findLocks(tx, { agentId, byHand: false }))
    if (lock.reason === AT_WORK) await releaseLock(tx, { agentId, lockId: lock.id });
}

/** An agent that waits in line keeps its place by being at work, and is told, once, what has become its own. */
export async function keepInLine(tx: Transaction, agentId: string): Promise<void> {
  for (const lock of await findLocks(tx, { agentId, byHand: false })) {
    if (lock.reason !== AT_WORK) continue;
    if (lock.state === 'queued') await renewQueued(tx, lock.id);
    else if (lock.grantedAt !== undefined && lock.grantedAt > lock.createdAt) {
      const ends = formatDuration(Math.max(1_000, lock.expiresAt - tx.now));
      const text = `callsheet: ${lock.paths.map(shownPath).join(', ')} is yours now, for ${ends}; read it again before you write.`;
      await leaveNotice(tx, agentId, { topic: `granted:${lock.id}`, text });
    }
  }
}

function lockedText(
  path: string,
  { agentName, taskId, since, until, target, lock }: Holder,
  now: number,
): string {
  const about = taskId === undefined ? '' : ` for task ${taskId}`;
  const why = lock.reason === undefined ? '' : `, saying “${oneLine(plainText(lock.reason), 200)}”`;
  const ago = formatDuration(Math.max(1_000, now - since));
  const left = formatDuration(Math.max(1_000, until - now));
  return `callsheet: not written. ${shownPath(path)} is locked by ${agentName}${about} (${shownPath(target)}) since ${ago}${why}; the lock ends in ${left} unless it is renewed.`;
}

function quoted(path: string): string {
  const shown = shownPath(path);
  return /^[\w./@+-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
