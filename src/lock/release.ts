import { CallsheetError, usageError } from '../error/index.js';
import { sql, type Transaction } from '../store/index.js';
import { targetsOfLock, type Lock } from './lock.js';
import { letGo, selectLocks } from './lock.sql.js';
import { settleQueue } from './queue.js';
import { toLock } from './row.js';
import { closeLock, findLock, storedLock, tellLock } from './write.js';
import type { Target } from './target.js';

export interface Release {
  agentId: string;
  /** One lock or queued request. */
  lockId?: string;
  /** These, as they were written when locked. A lock that has others too keeps those. */
  paths?: string[];
  resources?: string[];
  /** Everything that the agent holds or waits for. */
  all?: boolean;
  /** Another agent's lock too: the right of a person. */
  ofOthers?: boolean;
}

export interface Released {
  /** The locks, each with what it let go of. Empty when the agent held none of it. */
  released: Lock[];
  /** Requests of others that were granted by that. */
  granted: Lock[];
}

/**
 * Lets go of locks and grants what that frees, in the same transaction.
 * @throws {CallsheetError} `LOCK_UNKNOWN` (usage), `LOCK_NOT_YOURS`.
 */
export async function releaseLock(tx: Transaction, release: Release): Promise<Released> {
  if (release.lockId !== undefined) return closeAll(tx, [await requireOwn(tx, release.lockId, release)]);
  const open = await openLocks(tx, release);
  if (release.all === true) return closeAll(tx, open);
  const targets = namedTargets(release);
  const released: Lock[] = [];
  for (const lock of open.filter((each) => each.state === 'held')) {
    const part = targetsOfLock(lock).filter((each) => targets.some((one) => isSame(one, each)));
    if (part.length > 0) released.push(await releasePart(tx, lock, part));
  }
  return afterRelease(tx, released);
}

/** Lets go of everything held or queued for one claim: it has ended. */
export async function releaseLocksOfClaim(
  tx: Transaction,
  claim: { taskId: string; attempt: number },
): Promise<Released> {
  const ofClaim = sql`ended_ms is null and task_id = (select ${claim.taskId}) and attempt = ${claim.attempt}`;
  return closeAll(tx, (await tx.all(selectLocks([ofClaim]))).map(toLock));
}

async function openLocks(tx: Transaction, release: Release): Promise<Lock[]> {
  const own = sql`ended_ms is null and agent_id = (select ${release.agentId})`;
  const anybodys = release.ofOthers === true && release.all !== true;
  return (await tx.all(selectLocks([anybodys ? sql`ended_ms is null` : own]))).map(toLock);
}

function namedTargets(release: Release): Target[] {
  return [
    ...(release.paths ?? []).map((value) => ({ kind: 'path' as const, value })),
    ...(release.resources ?? []).map((value) => ({ kind: 'resource' as const, value })),
  ];
}

function isSame(one: Target, other: Target): boolean {
  return one.kind === other.kind && one.value === other.value;
}

async function requireOwn(tx: Transaction, lockId: string, release: Release): Promise<Lock> {
  const lock = await findLock(tx, lockId);
  if (lock === undefined) {
    throw usageError(
      'LOCK_UNKNOWN',
      `There is no lock “${lockId}” in this sheet. Nothing was released.`,
      'See the locks: callsheet lock list',
    );
  }
  if (lock.agentId === release.agentId || release.ofOthers === true) return lock;
  throw new CallsheetError('LOCK_NOT_YOURS', `${lock.id} belongs to ${lock.agentId}. Nothing was released.`, {
    hint: 'Ask its holder: callsheet send QUESTION --to AGENT …',
    data: { lock: lock.id, agent: lock.agentId },
  });
}

async function releasePart(tx: Transaction, lock: Lock, part: Target[]): Promise<Lock> {
  const leavesNothing = part.length === targetsOfLock(lock).length;
  if (leavesNothing) return closeLock(tx, lock, 'released');
  for (const { kind, value } of part) await tx.run(letGo(lock.id, kind, value));
  const now = await storedLock(tx, lock.id);
  const letGoOf: Lock = {
    ...now,
    paths: lock.paths.filter((path) => !now.paths.includes(path)),
    resources: lock.resources.filter((name) => !now.resources.includes(name)),
  };
  await tellLock(tx, 'released', letGoOf);
  return letGoOf;
}

async function closeAll(tx: Transaction, locks: Lock[]): Promise<Released> {
  const released: Lock[] = [];
  for (const lock of locks) {
    if (lock.endedAt === undefined) released.push(await closeLock(tx, lock, 'released'));
  }
  return afterRelease(tx, released);
}

async function afterRelease(tx: Transaction, released: Lock[]): Promise<Released> {
  const { granted } = await settleQueue(tx, released);
  return { released, granted };
}
