import { numberOf, type Transaction } from '../store/index.js';
import { findBlockages, standingOn } from './blockage.js';
import { answerWaiting } from './answer.js';
import { QUEUE_LEASE_MS, targetsOfLock, type Lock, type LockAnswer } from './lock.js';
import { findCircle } from './deadlock.js';
import { extendLock, grantLock, selectLapsed, selectQueuedOf } from './lock.sql.js';
import { toLock } from './row.js';
import { closeLock, findLock, storedLock, tellLock } from './write.js';
import type { Target } from './target.js';

/**
 * Ends every lock and queued request whose lease has run out, and grants what that frees.
 * @returns What expired, and what was granted; the event `lock.granted` wakes each waiter.
 */
export async function expireLocks(tx: Transaction): Promise<{ expired: Lock[]; granted: Lock[] }> {
  return settleQueue(tx, []);
}

/** As {@link expireLocks}, when besides `released` has just been let go of, and `freed` can be had by more. */
export async function settleQueue(
  tx: Transaction,
  released: Lock[],
  freed: Target[] = [],
): Promise<{ expired: Lock[]; granted: Lock[] }> {
  const expired: Lock[] = [];
  for (const row of await tx.all(selectLapsed(tx.now)))
    expired.push(await closeLock(tx, toLock(row), 'expired'));
  expired.push(...(await breakCircles(tx, [...released, ...expired])));
  const granted = await grantWaiting(tx, [...freed, ...[...released, ...expired].flatMap(targetsOfLock)]);
  return { expired, granted };
}

/**
 * What an agent held kept others from asking for it in front of it; once it has let go, its own queued request may
 * wait for one that waits for it. Nobody would ever be granted anything: its newest request leaves the queue.
 */
async function breakCircles(tx: Transaction, letGo: Lock[]): Promise<Lock[]> {
  const left: Lock[] = [];
  for (const agentId of new Set(letGo.map((lock) => lock.agentId))) {
    while ((await findCircle(tx, agentId)) !== undefined) {
      const newest = (await tx.all(selectQueuedOf(agentId))).map(toLock).at(-1);
      if (newest === undefined) break;
      left.push(await closeLock(tx, newest, 'expired'));
    }
  }
  return left;
}

/**
 * Grants the queued requests that nothing stands in the way of any more, first come first served. Only those
 * that overlap what was freed can be such, and what else was asked for by an agent that is granted one: it may have
 * that already now.
 */
async function grantWaiting(tx: Transaction, freed: Target[]): Promise<Lock[]> {
  const granted: Lock[] = [];
  const grant = async (lock: Lock): Promise<void> => {
    if (lock.state === 'queued' && (await grantIfFree(tx, lock))) granted.push(await storedLock(tx, lock.id));
  };
  for (const id of await queuedOn(tx, freed)) await grant(await storedLock(tx, id));
  for (const { agentId } of granted)
    for (const row of await tx.all(selectQueuedOf(agentId))) await grant(toLock(row));
  return granted;
}

async function queuedOn(tx: Transaction, targets: Target[]): Promise<string[]> {
  const queued = new Map<number, string>();
  for (const target of targets) {
    for (const each of await standingOn(tx, target)) {
      if (each.state === 'queued') queued.set(each.seq, each.lockId);
    }
  }
  return [...queued].sort(([a], [b]) => a - b).map(([, id]) => id);
}

async function grantIfFree(tx: Transaction, lock: Lock): Promise<boolean> {
  const blockages = await findBlockages(tx, {
    agentId: lock.agentId,
    targets: targetsOfLock(lock),
    seq: lock.seq,
  });
  if (blockages.length > 0) return false;
  // Until its waiter takes it up with `claimQueued` it holds no longer than a place in the queue would.
  await tx.run(grantLock(lock.id, tx.now, tx.now + Math.min(lock.ttlMs, QUEUE_LEASE_MS)));
  await tellLock(tx, 'granted', await storedLock(tx, lock.id));
  return true;
}

/**
 * A waiter is still there.
 * @param queueMs How long its place stands from now without another word. Default 1 minute.
 * @returns When its request leaves the queue, in Unix milliseconds, or `lost`.
 */
export async function renewQueued(
  tx: Transaction,
  lockId: string,
  queueMs = QUEUE_LEASE_MS,
): Promise<number | 'lost'> {
  const row = await tx.get(extendLock(lockId, 'queued', tx.now + queueMs));
  return row === undefined ? 'lost' : numberOf(row, 'expires_ms');
}

/**
 * A waiter asks how its request stands, and takes the lock up when it was granted: from now it holds for its
 * whole time. While it waits, asking is a sign of life. `lost` when the request was withdrawn or ran out.
 */
export async function claimQueued(tx: Transaction, lockId: string): Promise<LockAnswer | 'lost'> {
  await renewQueued(tx, lockId);
  await expireLocks(tx);
  const lock = await findLock(tx, lockId);
  if (lock === undefined || lock.endedAt !== undefined) return 'lost';
  if (lock.state === 'queued' && !(await grantIfFree(tx, lock))) return answerWaiting(tx, lock);
  await tx.run(extendLock(lock.id, 'held', tx.now + lock.ttlMs));
  return { granted: true, lock: await storedLock(tx, lock.id) };
}
