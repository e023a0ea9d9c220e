import { usageError } from '../error/index.js';
import type { Transaction } from '../store/index.js';
import { answerWaiting, holdersIn } from './answer.js';
import { findBlockages, standingOn } from './blockage.js';
import { refuseDeadlock } from './deadlock.js';
import { DEFAULT_LOCK_MS, targetsOfLock, type Lock, type LockAnswer } from './lock.js';
import { extendLock, selectQueuedOf } from './lock.sql.js';
import { expireLocks, renewQueued } from './queue.js';
import { toLock, type Standing } from './row.js';
import { covers, requireTargets, type Target } from './target.js';
import { openLock, storedLock, type LockRequest } from './write.js';

/**
 * Takes every path and a unit of every resource asked for, or nothing. Never waits: a refusal names the holders, and
 * with `queue` the request has its place in line from now on; the caller waits for a commit and asks `claimQueued`.
 * First come, first served: nobody passes an earlier request that overlaps. Whoever holds all of it already has it
 * extended. An agent counts once on a resource, however many of its locks name it.
 * @throws {CallsheetError} `LOCK_INVALID` (usage), `LOCK_DEADLOCK` when it would wait for itself: nothing is queued.
 */
export async function acquireLock(tx: Transaction, request: LockRequest): Promise<LockAnswer> {
  const targets = requireTargets(request.paths, request.resources);
  requireTime(request.ttlMs);
  await expireLocks(tx);
  const held = await heldAlready(tx, request, targets);
  if (held !== undefined)
    return { granted: true, lock: await extended(tx, held, request.ttlMs ?? DEFAULT_LOCK_MS) };
  const wish = { agentId: request.agentId, targets };
  const blockages = await findBlockages(tx, wish);
  if (blockages.length === 0) return { granted: true, lock: await openLock(tx, 'held', request, targets) };
  if (!request.queue) return { granted: false, heldBy: await holdersIn(tx, blockages) };
  const queued = await queuedAlready(tx, request, targets);
  if (queued !== undefined) return answerWaiting(tx, queued);
  await refuseDeadlock(tx, wish);
  return answerWaiting(tx, await openLock(tx, 'queued', request, targets));
}

function requireTime(ttlMs: number | undefined): void {
  if (ttlMs === undefined || (Number.isSafeInteger(ttlMs) && ttlMs > 0)) return;
  throw usageError(
    'LOCK_INVALID',
    `A lock cannot hold for ${ttlMs} ms. Nothing was locked.`,
    'Give a duration such as 10m.',
  );
}

/** The lock by which this agent holds all of it for the same claim. */
async function heldAlready(
  tx: Transaction,
  request: LockRequest,
  targets: Target[],
): Promise<string | undefined> {
  const [first, ...others] = targets;
  if (first === undefined) return undefined;
  let candidates = await ownCovering(tx, request, first);
  for (const target of others) {
    if (candidates.length === 0) return undefined;
    const those = new Set(await ownCovering(tx, request, target));
    candidates = candidates.filter((id) => those.has(id));
  }
  return candidates[0];
}

async function ownCovering(tx: Transaction, request: LockRequest, target: Target): Promise<string[]> {
  const standing = await standingOn(tx, target);
  return standing
    .filter((each) => isSameHold(each, request) && covers(each.target, target))
    .map((each) => each.lockId);
}

function isSameHold(each: Standing, request: LockRequest): boolean {
  return each.state === 'held' && each.agentId === request.agentId && isSameClaim(each, request);
}

function isSameClaim(one: Pick<Lock, 'taskId' | 'attempt' | 'byHand'>, request: LockRequest): boolean {
  return one.taskId === request.taskId && one.attempt === request.attempt && one.byHand === request.byHand;
}

async function extended(tx: Transaction, lockId: string, ttlMs: number): Promise<Lock> {
  await tx.run(extendLock(lockId, 'held', tx.now + ttlMs));
  return storedLock(tx, lockId);
}

/** The same request, asked again by one who waits: it keeps its place. */
async function queuedAlready(
  tx: Transaction,
  request: LockRequest,
  targets: Target[],
): Promise<Lock | undefined> {
  const wanted = namesOf(targets);
  const locks = (await tx.all(selectQueuedOf(request.agentId))).map(toLock);
  const same = locks.find((lock) => namesOf(targetsOfLock(lock)) === wanted && isSameClaim(lock, request));
  if (same === undefined) return undefined;
  await renewQueued(tx, same.id, request.queueMs);
  return storedLock(tx, same.id);
}

function namesOf(targets: Target[]): string {
  return JSON.stringify(targets.map(({ kind, value }) => [kind, value]).sort());
}
