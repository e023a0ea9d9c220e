import { usageError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { defined, numberOf, textOf, type Transaction } from '../store/index.js';
import { closeAttempt } from './attempt.js';
import { requireTask } from './find.js';
import { moveClaimed, tryMove, wrongState } from './move.js';
import { countOpenNeeds, reopenDependencyOf, selectReadyAfter, updateTask } from './task.sql.js';
import { holdsClaim, type Claim, type Task } from './task.js';

/** A blocker: the claim stays, and the task waits for an answer or a decision. */
export async function blockTask(tx: Transaction, claim: Claim, reason: string): Promise<Task> {
  return moveClaimed(tx, claim, { to: 'blocked', event: 'blocked', columns: { reason } });
}

/** The work of a claim is looked at by somebody else; the claim stays. */
export async function sendToReview(tx: Transaction, claim: Claim, reason: string): Promise<Task> {
  return moveClaimed(tx, claim, { to: 'review', event: 'review', columns: { reason } });
}

/** A person or lead holds a task back; the claim stays. */
export async function pauseTask(tx: Transaction, taskId: string, reason: string): Promise<Task> {
  return steer(tx, taskId, 'paused', (task) => ({
    task: { id: task.id },
    to: 'paused',
    event: 'paused',
    columns: { reason },
  }));
}

/** A task that is paused, blocked or in review goes on with the same attempt; its lease begins anew. */
export async function resumeTask(
  tx: Transaction,
  taskId: string,
  leaseMs: number,
  data: Record<string, unknown> = {},
): Promise<Task> {
  return steer(tx, taskId, 'resumed', (task) => ({
    task: { id: task.id },
    from: ['paused', 'blocked', 'review'],
    to: 'running',
    event: 'resumed',
    columns: { reason: null, lease_expires_ms: tx.now + leaseMs },
    data,
  }));
}

/** From now on a task is for the agent of this name alone. */
export async function assignTask(tx: Transaction, taskId: string, assignee: string): Promise<Task> {
  const { id, runId } = await requireTask(tx, taskId);
  await tx.run(updateTask(id, { assignee }));
  await appendEvent(tx, { type: 'task.assigned', taskId: id, ...defined({ runId }), data: { assignee } });
  return requireTask(tx, id);
}

/** Ends a task that shall not be done. The work of an attempt under way is kept by whoever runs it. */
export async function cancelTask(tx: Transaction, taskId: string, reason: string): Promise<Task> {
  const before = await requireTask(tx, taskId);
  if (holdsClaim(before.state)) {
    await closeAttempt(tx, { taskId: before.id, attempt: before.attempt }, 'cancelled', reason);
  }
  return steer(tx, taskId, 'cancelled', (task) => ({
    task: { id: task.id },
    to: 'cancelled',
    event: 'cancelled',
    columns: { reason, ended_ms: tx.now },
  }));
}

/**
 * Opens an ended task again as a new attempt with fresh attempts to spend; dependents that have not begun wait
 * for it again.
 */
export async function reopenTask(tx: Transaction, taskId: string, reason: string): Promise<Task> {
  const before = await requireTask(tx, taskId);
  if (before.isGroup)
    throw usageError(
      'TASK_STATE',
      `Task ${taskId} is a group; it has no work of its own. Nothing was changed.`,
      'Open one of its children again.',
    );
  const row = await tx.get(countOpenNeeds(before.id));
  const open = numberOf(row ?? { open: 0 }, 'open');
  const reopened = await steer(tx, taskId, 'reopened', (task) => ({
    task: { id: task.id },
    from: ['done', 'failed', 'cancelled'],
    to: open > 0 ? 'waiting' : 'ready',
    event: 'reopened',
    columns: {
      reason,
      failures: 0,
      run_after_ms: tx.now,
      ended_ms: null,
      result: null,
      landed_as: null,
      open_dependencies: open,
    },
  }));
  if (before.state === 'done') await holdDependentsOf(tx, before.id);
  return reopened;
}

/** Dependents that have not begun wait again. */
async function holdDependentsOf(tx: Transaction, taskId: string): Promise<void> {
  await tx.run(reopenDependencyOf(taskId));
  for (const row of await tx.all(selectReadyAfter(taskId))) {
    const task = { id: textOf(row, 'id') };
    await tryMove(tx, {
      task,
      to: 'waiting',
      from: ['ready'],
      event: 'waiting',
      columns: { open_dependencies: 1 },
    });
  }
}

async function steer(
  tx: Transaction,
  taskId: string,
  what: string,
  moveOf: (task: Task) => Parameters<typeof tryMove>[1],
): Promise<Task> {
  const task = await requireTask(tx, taskId);
  const moved = await tryMove(tx, moveOf(task));
  if (moved === undefined) throw wrongState(task, what);
  return moved;
}
