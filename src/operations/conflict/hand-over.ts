import type { Agent } from '../../agent/index.js';
import type { Conflict } from '../../conflict/index.js';
import { CallsheetError } from '../../error/index.js';
import { sendMessage } from '../../message/index.js';
import type { Transaction } from '../../store/index.js';
import { assignTask, holdsClaim, releaseTask, requireTask } from '../../task/index.js';
import { closeClaim } from '../../team/index.js';
import type { Context } from '../operation.js';

/**
 * Gives the task that did not fit to somebody else; its work stays where it is. Whoever has held it is told.
 * @throws {CallsheetError} `CONFLICT_OF_RUN`, `RECIPIENT_NOBODY`.
 */
export async function handOver(
  tx: Transaction,
  { actor }: Context,
  { conflict, to, from }: { conflict: Conflict; to: Agent; from: string },
): Promise<void> {
  const task = await requireTask(tx, conflict.taskId);
  if (task.runId !== undefined)
    throw new CallsheetError(
      'CONFLICT_OF_RUN',
      `${conflict.id} is of ${task.runId}, whose engine gives its tasks to its own workers. Nothing was changed.`,
      { hint: 'Leave --by out: the next attempt is told what was decided.' },
    );
  if (to.endedAt !== undefined)
    throw new CallsheetError('RECIPIENT_NOBODY', `${to.name} has ended. Nothing was changed.`, {
      hint: 'See who is there: callsheet status',
    });
  if (task.claimedBy === to.id) return;
  await assignTask(tx, task.id, to.name);
  if (task.claimedBy === undefined || !holdsClaim(task.state)) return;
  const claim = { taskId: task.id, attempt: task.attempt };
  const reason = `${actor.name} gives it to ${to.name}, to bring ${conflict.id} together`;
  await releaseTask(tx, claim, reason);
  await closeClaim(tx, claim);
  await sendMessage(tx, {
    type: 'INSTRUCTION',
    from,
    to: [task.claimedBy],
    ...claim,
    body: `${task.id} is no longer yours: ${reason}. Leave your branch as it is, with all of it committed.`,
    priority: 1,
  });
}
