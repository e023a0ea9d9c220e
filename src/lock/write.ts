import { assert } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { oneLine, plainText } from '../text/index.js';
import { DEFAULT_LOCK_MS, QUEUE_LEASE_MS, type Lock } from './lock.js';
import { endLock, insertLock, insertTarget, selectLock } from './lock.sql.js';
import { toLock } from './row.js';
import { baseOf, type Target } from './target.js';

const LONGEST_REASON = 300;

export interface LockRequest {
  agentId: string;
  /** The claim it is for: the lock ends with it. */
  taskId?: string;
  attempt?: number;
  runId?: string;
  /** Files, folders (`src/`) and globs, relative to the repository's top. */
  paths: string[];
  resources: string[];
  /** Default 10 minutes. */
  ttlMs?: number;
  reason?: string;
  /** Wait in line when it cannot be had now. */
  queue: boolean;
  /** How long its place in line stands without a word of its waiter. Default 1 minute. */
  queueMs?: number;
  byHand: boolean;
}

export async function findLock(reader: Reader, id: string): Promise<Lock | undefined> {
  const row = await reader.get(selectLock(id));
  return row === undefined ? undefined : toLock(row);
}

export async function storedLock(reader: Reader, id: string): Promise<Lock> {
  const lock = await findLock(reader, id);
  assert(lock !== undefined, `lock ${id} is in the sheet`);
  return lock;
}

export async function openLock(
  tx: Transaction,
  state: 'held' | 'queued',
  request: LockRequest,
  targets: Target[],
): Promise<Lock> {
  const id = await tx.nextId('lock');
  const ttlMs = request.ttlMs ?? DEFAULT_LOCK_MS;
  await tx.run(
    insertLock({
      id,
      state,
      agentId: request.agentId,
      taskId: request.taskId ?? null,
      attempt: request.attempt ?? null,
      runId: request.runId ?? null,
      reason: request.reason === undefined ? null : oneLine(plainText(request.reason), LONGEST_REASON),
      byHand: request.byHand,
      ttlMs,
      nowMs: tx.now,
      expiresMs: tx.now + (state === 'held' ? ttlMs : (request.queueMs ?? QUEUE_LEASE_MS)),
    }),
  );
  for (const [position, { kind, value }] of targets.entries()) {
    await tx.run(insertTarget(id, position, kind, value, kind === 'path' ? baseOf(value) : null));
  }
  const lock = await storedLock(tx, id);
  await tellLock(tx, state === 'held' ? 'granted' : 'queued', lock);
  return lock;
}

export async function closeLock(tx: Transaction, lock: Lock, state: 'released' | 'expired'): Promise<Lock> {
  await tx.run(endLock(lock.id, state, tx.now));
  // What it held at its end, not what it had let go of before.
  const ended: Lock = { ...lock, state, endedAt: tx.now };
  await tellLock(tx, state, ended);
  return ended;
}

export async function tellLock(tx: Transaction, change: string, lock: Lock): Promise<void> {
  const { id, state, paths, resources, byHand, reason, expiresAt } = lock;
  await appendEvent(tx, {
    type: `lock.${change}`,
    agentId: lock.agentId,
    ...(lock.runId === undefined ? {} : { runId: lock.runId }),
    ...(lock.taskId === undefined ? {} : { taskId: lock.taskId }),
    ...(lock.attempt === undefined ? {} : { attempt: lock.attempt }),
    data: { lock: id, state, paths, resources, byHand, reason, expiresAt },
  });
}
