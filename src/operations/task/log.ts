import { join } from 'node:path';
import { usageError } from '../../error/index.js';
import { readLog } from '../../process/index.js';
import { findAttempts, requireTask } from '../../task/index.js';
import { plainText } from '../../text/index.js';
import { attemptLog } from '../../workspace/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { TASK_ID } from './fields.js';

export const taskLog = defineOperation({
  name: 'task.log',
  rights: EVERYBODY,
  help: 'Show what the agent of a task printed',
  input: {
    id: TASK_ID,
    attempt: { kind: 'integer', min: 1, help: 'Of this attempt; default: the newest' },
    tail: { kind: 'integer', min: 1, max: 100_000, help: 'Only the last N lines' },
  },
  async run(context, input) {
    const { store, folder } = context.sheet;
    const task = await requireTask(store, input.id);
    const attempts = await findAttempts(store, task.id);
    const chosen = attempts.find((each) => each.attempt === (input.attempt ?? task.attempt));
    if (chosen === undefined) throw noAttempt(task.id, input.attempt, attempts.length);
    const runId = task.runId ?? 'hand';
    const whole =
      task.runId === undefined
        ? readLog(join(folder, 'logs', runId, `${task.id}-${chosen.attempt}.gate.log`))
        : readLog(attemptLog(folder, runId, task.id, chosen.attempt));
    const output =
      input.tail === undefined ? whole : whole.trimEnd().split('\n').slice(-input.tail).join('\n');
    return { id: task.id, attempt: chosen.attempt, output };
  },
  show: ({ id, attempt, output }) =>
    output === '' ? `Attempt ${attempt} at ${id} has printed nothing.` : plainText(output),
});

function noAttempt(id: string, wanted: number | undefined, count: number): Error {
  const what = wanted === undefined ? `${id} has not been tried yet` : `${id} has had no attempt ${wanted}`;
  return usageError(
    'ATTEMPT_UNKNOWN',
    `${what}; it has had ${count}.`,
    `See its attempts: callsheet task show ${id}`,
  );
}
