import { numberOf, optionalNumber, type Reader, type Transaction } from '../store/index.js';
import { DEFAULT_LOCK_MS } from './lock.js';
import { extendLock, extendLocksOfClaim, selectNextExpiry } from './lock.sql.js';

/**
 * Extends a lock that is still held; never shortens it. A renewal is state, not an event.
 * @returns When it now runs out, in Unix milliseconds, or `lost` when it was released or ran out.
 */
export async function renewLock(
  tx: Transaction,
  lockId: string,
  ttlMs = DEFAULT_LOCK_MS,
): Promise<number | 'lost'> {
  const row = await tx.get(extendLock(lockId, 'held', tx.now + ttlMs));
  return row === undefined ? 'lost' : numberOf(row, 'expires_ms');
}

/** Extends all that is held for a claim: its beat is the beat of its locks too. */
export async function renewLocksOfClaim(
  tx: Transaction,
  claim: { taskId: string; attempt: number },
  ttlMs = DEFAULT_LOCK_MS,
): Promise<void> {
  await tx.run(extendLocksOfClaim(claim.taskId, claim.attempt, tx.now + ttlMs));
}

/** When the next lock or queued request runs out, in Unix milliseconds: the moment to call `expireLocks`. */
export async function nextLockExpiry(reader: Reader): Promise<number | undefined> {
  return optionalNumber((await reader.get(selectNextExpiry())) ?? { expires_ms: null }, 'expires_ms');
}
