import { appendEvent } from '../event/index.js';
import type { Transaction } from '../store/index.js';
import { closeAttempt, type AttemptOutcome } from './attempt.js';
import { backoffMs } from './backoff.js';
import { moveClaimed, requireClaim, tryMove } from './move.js';
import { toTask } from './row.js';
import { meetDependencyOf, selectFreedBy, updateAttempt, updateTask, type Columns } from './task.sql.js';
import type { Claim, Task, TaskResult } from './task.js';

/** Records what an agent says of its finished work. A claim, not yet evidence: landing or `finishTask` follows. */
export async function recordResult(tx: Transaction, claim: Claim, result: TaskResult): Promise<Task> {
  const task = await requireClaim(tx, claim);
  await tx.run(updateTask(claim.taskId, { result: JSON.stringify(result) }));
  await tx.run(updateAttempt(claim, { result: JSON.stringify(result) }));
  await appendEvent(tx, {
    type: 'task.completed',
    taskId: task.id,
    attempt: task.attempt,
    ...(task.runId === undefined ? {} : { runId: task.runId }),
    ...(task.claimedBy === undefined ? {} : { agentId: task.claimedBy }),
    data: { state: task.state, result },
  });
  return { ...task, result };
}

/** The work of a claim goes on its way to the integration branch. */
export async function sendToLanding(tx: Transaction, claim: Claim): Promise<Task> {
  await closeAttempt(tx, claim, 'completed');
  return moveClaimed(tx, claim, { to: 'landing', event: 'landing', columns: { reason: null } });
}

/**
 * Ends a task as done and offers the tasks that waited for it alone.
 * @param landedAs The landing commit, for work that has one.
 * @returns The task and the tasks that became ready.
 */
export async function finishTask(
  tx: Transaction,
  claim: Claim,
  landedAs?: string,
): Promise<{ task: Task; freed: Task[] }> {
  await closeAttempt(tx, claim, landedAs === undefined ? 'completed' : 'landed');
  const columns: Columns = { ended_ms: tx.now, reason: null, landed_as: landedAs ?? null };
  const task = await moveClaimed(tx, claim, {
    to: 'done',
    event: 'done',
    columns,
    data: landedAs === undefined ? {} : { landedAs },
  });
  return { task, freed: await freeDependentsOf(tx, task.id) };
}

/** Counts a done task off its dependents' open dependencies. Groups whose children are all done are done too. */
export async function freeDependentsOf(tx: Transaction, taskId: string): Promise<Task[]> {
  const last = await tx.all(selectFreedBy(taskId));
  await tx.run(meetDependencyOf(taskId));
  const freed: Task[] = [];
  for (const row of last) {
    const dependent = toTask(row);
    if (dependent.isGroup) {
      await tryMove(tx, {
        task: { id: dependent.id },
        to: 'done',
        event: 'done',
        columns: { ended_ms: tx.now },
      });
      freed.push(...(await freeDependentsOf(tx, dependent.id)));
    } else {
      const columns: Columns = { open_dependencies: 0 };
      const ready = await tryMove(tx, {
        task: { id: dependent.id },
        to: 'ready',
        from: ['waiting'],
        event: 'ready',
        columns,
      });
      if (ready !== undefined) freed.push(ready);
    }
  }
  return freed;
}

/**
 * Ends an attempt that did not succeed. The task is offered again after a pause, or fails for good when its
 * attempts are used up.
 */
export async function failAttempt(
  tx: Transaction,
  claim: Claim,
  reason: string,
  outcome: Extract<AttemptOutcome, 'failed' | 'conflicted'> = 'failed',
): Promise<Task> {
  const held = await requireClaim(tx, claim);
  const failures = held.failures + 1;
  await closeAttempt(tx, claim, outcome, reason);
  const isLast = failures >= held.maxAttempts;
  // A conflict is nobody's fault and waits for nothing: the new base is there already.
  const runAfter = outcome === 'conflicted' ? tx.now : tx.now + backoffMs(failures);
  return moveClaimed(tx, claim, {
    to: isLast ? 'failed' : 'ready',
    event: isLast ? 'failed' : 'attempt-failed',
    columns: {
      failures,
      reason,
      result: null,
      ...(isLast ? { ended_ms: tx.now } : { run_after_ms: runAfter }),
    },
    data: { failures, outcome },
  });
}

/** Gives a task back without counting a failure: the agent let go of it, or it was stopped from outside. */
export async function releaseTask(
  tx: Transaction,
  claim: Claim,
  reason: string,
  outcome: Extract<AttemptOutcome, 'released' | 'interrupted'> = 'released',
): Promise<Task> {
  await requireClaim(tx, claim);
  await closeAttempt(tx, claim, outcome, reason);
  return moveClaimed(tx, claim, { to: 'ready', event: outcome, columns: { reason, result: null } });
}
