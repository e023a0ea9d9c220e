import { resolveConflictsOf } from '../../conflict/index.js';
import { sendMessage, withdrawQuestions } from '../../message/index.js';
import { findRun, type Run } from '../../run/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { cancelTask, pauseTask, reopenTask, requireTask, resumeTask, type Task } from '../../task/index.js';
import { callOffReviews } from '../../team/index.js';
import { defineOperation, LEADERS, type Context } from '../operation.js';
import { usualLeaseMs } from './claim-of.js';
import { TASK_ID } from './fields.js';
import { closeClaim } from '../../team/index.js';

const INPUT = {
  id: TASK_ID,
  reason: { kind: 'text', positional: true, maxChars: 2_000, help: 'Why' },
} as const;

export const taskPause = defineOperation({
  name: 'task.pause',
  rights: LEADERS,
  help: 'Hold a running task back; its claim stays',
  input: INPUT,
  run: (context, { id, reason = `paused by ${context.actor.name}` }) =>
    steer(context, id, async (tx) => pauseTask(tx, id, reason)),
  show: ({ id }) => `${id} is paused. To go on: callsheet task resume ${id}`,
});

export const taskResume = defineOperation({
  name: 'task.resume',
  rights: LEADERS,
  help: 'Let a task go on that is paused, blocked or in review, with the same attempt',
  input: INPUT,
  run: (context, { id, reason }) =>
    steer(context, id, async (tx, before) => {
      const resumed = await resumeTask(tx, id, usualLeaseMs(before), defined({ note: reason }));
      await withdrawQuestions(tx, id);
      await callOffReviews(tx, id, `${id} goes on without it`);
      return resumed;
    }),
  show: ({ id }) => `${id} goes on.`,
});

export const taskCancel = defineOperation({
  name: 'task.cancel',
  rights: LEADERS,
  help: 'End a task that shall not be done; the work of an attempt is kept',
  input: INPUT,
  run: (context, { id, reason = `cancelled by ${context.actor.name}` }) =>
    steer(context, id, async (tx, before) => {
      const cancelled = await cancelTask(tx, id, reason);
      await closeClaim(tx, { taskId: id, attempt: before.attempt });
      await resolveConflictsOf(tx, id, reason);
      return cancelled;
    }),
  show: ({ id }) => `${id} is cancelled. To open it again: callsheet task retry ${id}`,
});

export const taskRetry = defineOperation({
  name: 'task.retry',
  rights: LEADERS,
  help: 'Open an ended task again, as a new attempt',
  input: INPUT,
  run: (context, { id, reason = `opened again by ${context.actor.name}` }) =>
    steer(context, id, (tx) => reopenTask(tx, id, reason)),
  show: ({ id, state, run, resume }) =>
    [
      state === 'ready' ? `${id} is ready again.` : `${id} waits for what it depends on.`,
      ...(resume === undefined ? [] : [`Run ${run ?? ''} does not go on by itself: ${resume}`]),
    ].join(' '),
});

type Steering = (tx: Transaction, before: Task) => Promise<Task>;

/** Steers a task and tells whoever holds it, in one transaction. */
async function steer(context: Context, id: string, move: Steering) {
  const by = await context.agentId();
  return context.sheet.store.transaction(async (tx) => {
    const before = await requireTask(tx, id);
    const task = await move(tx, before);
    if (before.claimedBy !== undefined && before.claimedBy !== by)
      await tellHolder(tx, context, before, task, by);
    const run = task.runId === undefined ? undefined : await findRun(tx, task.runId);
    return {
      id: task.id,
      attempt: task.attempt,
      state: task.state,
      ...defined({ reason: task.reason, run: run?.id, resume: resumeCommand(run) }),
    };
  });
}

async function tellHolder(
  tx: Transaction,
  { actor }: Context,
  before: Task,
  task: Task,
  by: string,
): Promise<void> {
  const why = task.reason === undefined ? '' : `: ${task.reason}`;
  await sendMessage(tx, {
    type: 'INSTRUCTION',
    from: by,
    to: [before.claimedBy ?? by],
    taskId: task.id,
    attempt: before.attempt,
    ...defined({ runId: task.runId }),
    body: `${actor.name} changed ${task.id} from ${before.state} to ${task.state}${why}`,
    priority: 1,
  });
}

/** What carries on a run that nobody pursues now. */
function resumeCommand(run: Run | undefined): string | undefined {
  return run === undefined || run.state === 'running' ? undefined : `callsheet resume ${run.id}`;
}
