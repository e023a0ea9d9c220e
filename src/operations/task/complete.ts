import { CallsheetError } from '../../error/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { findTask, finishTask, recordResult, type Task, type TaskResult } from '../../task/index.js';
import { oneLine } from '../../text/index.js';
import type { InputOf } from '../fields.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { requireOutput } from './check-output.js';
import { requireHeld, type Held } from './claim-of.js';
import { CLAIM_FIELDS } from './fields.js';
import { recordGate, requireGreen, runTaskGate, type GateRun } from './hand-gate.js';
import { mergeResult, RESULT_FIELDS } from './result.js';
import { closeClaim, tellProgress, withReady } from '../../team/index.js';

const INPUT = {
  ...CLAIM_FIELDS,
  ...RESULT_FIELDS,
  yes: { kind: 'flag', help: 'Agree to run the gate of callsheet.config.yaml for the first time' },
} as const;

export const taskComplete = defineOperation({
  name: 'task.complete',
  rights: EVERYBODY,
  help: 'Say that a task is done, with its result',
  examples: [
    'callsheet task complete task-3 "Requests over the limit get 429" --file src/limit.js',
    'callsheet task complete task-3 --result-file result.json',
  ],
  input: INPUT,
  async run(context, input) {
    const { store } = context.sheet;
    const { claim, task } = await store.transaction((tx) => requireHeld(tx, context, input));
    const result = await mergeResult(context, task, input);
    requireOutput(task, result);
    const fenced = { ...input, attempt: claim.attempt };
    if (task.runId !== undefined) return completeInRun(context, fenced, result);
    requireRunning(task);
    await requireVerdict(context, task);
    const gate = await runTaskGate(context, task, input.yes);
    return finish(context, fenced, result, gate);
  },
  show: (done) =>
    done.state === 'done'
      ? `${done.id} is done.${done.ready.length === 0 ? '' : ` Ready now: ${done.ready.join(', ')}`}`
      : `The result of ${done.id} is recorded; it is checked and landed when you end your turn.`,
});

type Given = InputOf<typeof INPUT>;

/** Landing begins when the agent's process has ended its turn. */
async function completeInRun(context: Context, input: Given, result: TaskResult) {
  const held = await context.sheet.store.transaction(async (tx) => {
    const now = await requireHeld(tx, context, input);
    await recordResult(tx, now.claim, result);
    return now;
  });
  return document(held, held.task, result, []);
}

async function finish(context: Context, input: Given, result: TaskResult, gate: GateRun | undefined) {
  return context.sheet.store
    .transaction(async (tx) => {
      const held = await requireHeld(tx, context, input);
      if (gate !== undefined) await recordGate(tx, gate);
      // A red gate is evidence that stays; the refusal is thrown when it is written.
      if (gate !== undefined && !gate.isGreen) return undefined;
      await recordResult(tx, held.claim, result);
      const { task, freed } = await finishTask(tx, held.claim);
      await closeClaim(tx, held.claim);
      await tellDone(tx, context, task, result, freed);
      return document(held, task, result, freed);
    })
    .then((done) => done ?? requireGreen(input.id, gate));
}

function tellDone(
  tx: Transaction,
  { actor }: Context,
  task: Task,
  result: TaskResult,
  freed: Task[],
): Promise<void> {
  const sentence = `${task.id} is done: ${oneLine(result.summary, 200)}`;
  return tellProgress(tx, task, withReady(sentence, freed), actor.agentId);
}

function document({ claim }: Held, task: Task, result: TaskResult, freed: readonly Task[]) {
  return {
    ...{ id: claim.taskId, attempt: claim.attempt, state: task.state, result },
    ...defined({ run: task.runId }),
    ready: freed.map(({ id }) => id),
  };
}

/** A review ends with its verdict, for the reviewed task waits for that. */
async function requireVerdict({ sheet }: Context, { id, reviews }: Task): Promise<void> {
  const reviewed = reviews === undefined ? undefined : await findTask(sheet.store, reviews);
  if (reviewed?.state !== 'review') return;
  throw new CallsheetError(
    'REVIEW_VERDICT_NEEDED',
    `${id} is the review of ${reviewed.id}, which waits for a verdict. Nothing was changed.`,
    {
      hint: `callsheet send REVIEW_RESULT --task ${id} --verdict approved|changes-requested --finding "…" "SUMMARY"`,
      data: { task: id, reviews },
    },
  );
}

function requireRunning(task: Task): void {
  if (task.state === 'running') return;
  throw new CallsheetError(
    'TASK_STATE',
    `Task ${task.id} is ${task.state} and cannot be completed. Nothing was changed.`,
    {
      hint:
        task.state === 'review'
          ? `It goes on with the verdict; without one: callsheet task resume ${task.id}`
          : `Go on with it first: callsheet task resume ${task.id}`,
      data: { task: task.id, state: task.state },
    },
  );
}
