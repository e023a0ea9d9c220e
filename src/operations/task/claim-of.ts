import { CallsheetError, usageError } from '../../error/index.js';
import type { Transaction } from '../../store/index.js';
import {
  DEFAULT_LEASE_MS,
  findAttempt,
  HAND_LEASE_MS,
  heartbeat,
  requireClaim,
  requireTask,
  type Claim,
  type Task,
} from '../../task/index.js';
import { namesOf } from '../names.js';
import type { Context } from '../operation.js';

export interface GivenClaim {
  id: string;
  attempt?: number;
}

/** The work that a command writes about: its claim still holds, and the caller may speak for it. */
export interface Held {
  claim: Claim;
  task: Task;
  /** When the lease now ends, in Unix milliseconds. */
  leaseExpiresAt: number;
}

/**
 * Proves that a claim still holds and that the caller may write about it, and renews it.
 * @throws {CallsheetError} `LEASE_LOST`, `NOT_ALLOWED`, `ATTEMPT_NEEDED`, `TASK_UNKNOWN`.
 */
export async function requireHeld(
  tx: Transaction,
  context: Context,
  given: GivenClaim,
  leaseMs?: number,
): Promise<Held> {
  const task = await requireTask(tx, given.id);
  const claim = { taskId: task.id, attempt: await attemptOf(tx, context, given, task) };
  await requireOwn(tx, context, claim, task);
  const held = await requireClaim(tx, claim);
  const leaseExpiresAt = await heartbeat(tx, claim, leaseMs ?? usualLeaseMs(held));
  return { claim, task: held, leaseExpiresAt };
}

/** The engine beats for the tasks of a run; by hand there is nobody who does. */
export function usualLeaseMs(task: Task): number {
  if (task.runId !== undefined) return DEFAULT_LEASE_MS;
  return task.leaseMs ?? HAND_LEASE_MS;
}

async function attemptOf(tx: Transaction, context: Context, given: GivenClaim, task: Task): Promise<number> {
  if (given.attempt !== undefined) return given.attempt;
  const { actor, env } = context;
  const own = Number(env['CALLSHEET_ATTEMPT']);
  if (env['CALLSHEET_TASK'] === task.id && Number.isSafeInteger(own) && own > 0) return own;
  if (task.claimedBy !== undefined && task.claimedBy === actor.agentId) return task.attempt;
  const names = await namesOf(tx, [task.claimedBy]);
  const holder = names.get(task.claimedBy ?? '');
  throw usageError(
    'ATTEMPT_NEEDED',
    `${actor.name} does not hold ${task.id}: it is ${task.state}${holder === undefined ? '' : `, held by ${holder}`}. Nothing was written.`,
    'Name the attempt that you were given: --attempt N',
    { task: task.id, state: task.state },
  );
}

/** A worker writes about its own work only; people and leads about any. */
async function requireOwn(tx: Transaction, { actor }: Context, claim: Claim, task: Task): Promise<void> {
  if (actor.role === 'human' || actor.role === 'supervisor' || task.claimedBy === actor.agentId) return;
  // An attempt that was the caller's and has gone is not forbidden but lost, which `requireClaim` says.
  const attempt = await findAttempt(tx, claim);
  if (attempt !== undefined && attempt.agentId === actor.agentId) return;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${actor.name} does not hold ${task.id} and may not write about it. Nothing was written.`,
    { hint: `Tell whoever does: callsheet send QUESTION --to ${task.id} "…"` },
  );
}
