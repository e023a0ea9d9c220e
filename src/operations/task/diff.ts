import { CallsheetError } from '../../error/index.js';
import type { Repository } from '../../git/index.js';
import { attemptBranch } from '../../run/index.js';
import { findAttempt, requireTask, type Attempt, type Task } from '../../task/index.js';
import { findSnapshots } from '../../snapshot/index.js';
import type { Reader } from '../../store/index.js';
import { plainText } from '../../text/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { TASK_ID } from './fields.js';

const MOST_CHARS = 2_000_000;

export const taskDiff = defineOperation({
  name: 'task.diff',
  rights: EVERYBODY,
  help: 'Show what an attempt at a task changed',
  input: {
    id: TASK_ID,
    attempt: { kind: 'integer', min: 1, help: 'Of this attempt; default: the newest' },
    path: { kind: 'path', many: true, help: 'Only these files' },
  },
  async run(context, input) {
    const { store } = context.sheet;
    const repository = await context.repository();
    const task = await requireTask(store, input.id);
    const attempt = await findAttempt(store, { taskId: task.id, attempt: input.attempt ?? task.attempt });
    const [from, to] = await endsOf(store, repository, task, attempt);
    const options = { maxChars: MOST_CHARS, ...(input.path.length === 0 ? {} : { paths: input.path }) };
    const files = await repository.changedPaths(from, to);
    const diff = await repository.diff(from, to, options);
    return { id: task.id, attempt: attempt?.attempt ?? task.attempt, from, to, files, diff };
  },
  show: ({ id, diff }) => (diff === '' ? `Nothing is changed by ${id}.` : plainText(diff)),
});

/** From where an attempt began to how far its work is known: its end, its branch, its newest snapshot. */
async function endsOf(
  reader: Reader,
  repository: Repository,
  task: Task,
  attempt: Attempt | undefined,
): Promise<[from: string, to: string]> {
  const to = task.result?.commit ?? (await headOf(reader, repository, task, attempt));
  const from = attempt?.baseCommit ?? (to === undefined ? undefined : await repository.parentOf(to));
  if (from !== undefined && to !== undefined) return [from, to];
  throw new CallsheetError('DIFF_UNKNOWN', `No commit of ${task.id} is known, so there is no diff to show.`, {
    hint: `Work by hand is in your checkout: git diff. A commit named at completion is shown here: callsheet task complete ${task.id} --commit COMMIT`,
  });
}

async function headOf(
  reader: Reader,
  repository: Repository,
  task: Task,
  attempt: Attempt | undefined,
): Promise<string | undefined> {
  if (attempt?.headCommit !== undefined) return attempt.headCommit;
  if (attempt === undefined) return undefined;
  const snapshots = await findSnapshots(reader, { taskId: task.id });
  const newest = snapshots.filter((each) => each.attempt === attempt.attempt).at(-1);
  if (newest !== undefined || task.runId === undefined) return newest?.commit;
  return repository.resolve(`refs/heads/${attemptBranch(task.runId, task.id, attempt.attempt)}`);
}
