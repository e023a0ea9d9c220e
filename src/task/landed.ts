import type { Transaction } from '../store/index.js';
import { appendEvent } from '../event/index.js';
import { closeAttempt, findAttempt, openAttempt } from './attempt.js';
import { requireTask } from './find.js';
import { tryMove, wrongState } from './move.js';
import { freeDependentsOf } from './settle.js';
import { reopenTask } from './steer.js';
import { updateTask } from './task.sql.js';
import { hasEnded, type Claim, type Task, type TaskResult } from './task.js';

const REASON = 'git shows that it landed';
/** Stands for the agent of an attempt that the sheet has forgotten. */
const UNKNOWN_AGENT = 'callsheet';

/**
 * Ends a task as done because git shows its work on the integration branch, whatever the sheet says: the claim may
 * have gone meanwhile, or the sheet may be older than the landing and know nothing of the attempt.
 * @param known What is known of its work, for a task without a result.
 * @returns The task and the tasks that became ready.
 */
export async function recordLanded(
  tx: Transaction,
  claim: Claim,
  landedAs: string,
  known: TaskResult,
): Promise<{ task: Task; freed: Task[] }> {
  const before = await requireTask(tx, claim.taskId);
  await endAttempt(tx, before, claim);
  await untie(tx, before);
  const columns = {
    ...{ attempt: claim.attempt, landed_as: landedAs, reason: null, ended_ms: tx.now, open_dependencies: 0 },
    result: JSON.stringify(before.result ?? known),
  };
  const task = await tryMove(tx, {
    task: { id: before.id },
    to: 'done',
    event: 'done',
    columns,
    data: { landedAs, ...(before.result === undefined ? { result: known } : {}) },
  });
  if (task === undefined) throw wrongState(before, 'marked as landed');
  return { task, freed: await freeDependentsOf(tx, task.id) };
}

/** Says where the work of a task has landed that was done before. */
export async function noteLanded(
  tx: Transaction,
  { id, attempt, state }: Task,
  landedAs: string,
): Promise<void> {
  await tx.run(updateTask(id, { landed_as: landedAs }));
  await appendEvent(tx, { type: 'task.landed', taskId: id, attempt, data: { state, landedAs } });
}

async function endAttempt(tx: Transaction, before: Task, claim: Claim): Promise<void> {
  if (before.claimedBy !== undefined && before.attempt !== claim.attempt) {
    await closeAttempt(tx, { taskId: before.id, attempt: before.attempt }, 'interrupted', REASON);
  }
  if ((await findAttempt(tx, claim)) === undefined) await openAttempt(tx, claim, UNKNOWN_AGENT);
  await closeAttempt(tx, claim, 'landed');
}

/** Leaves the states from which there is no move to `done`. */
async function untie(tx: Transaction, { id, state }: Task): Promise<void> {
  if (hasEnded(state)) await reopenTask(tx, id, REASON);
  if (state !== 'paused' && state !== 'blocked') return;
  await tryMove(tx, { task: { id }, to: 'ready', event: 'released', columns: { reason: REASON } });
}
