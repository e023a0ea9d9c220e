import { lastCheckpoint } from '../../checkpoint/index.js';
import { findConflicts } from '../../conflict/index.js';
import { findLocks } from '../../lock/index.js';
import { findMessages } from '../../message/index.js';
import { findSnapshots } from '../../snapshot/index.js';
import { defined } from '../../store/index.js';
import { findAttempts, findTask, requireTask, type Attempt, type Task } from '../../task/index.js';
import { namesOf } from '../names.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { iso, optionalIso } from '../time.js';
import { taskDocument } from './document.js';
import { TASK_ID } from './fields.js';
import { showTask } from './show-task.js';

export const taskShow = defineOperation({
  name: 'task.show',
  rights: EVERYBODY,
  help: 'Show everything about a task',
  input: { id: TASK_ID },
  run: (context, { id }) => detailsOf(context, id),
  show: showTask,
});

async function detailsOf({ sheet }: Context, id: string) {
  const { store } = sheet;
  const task = await requireTask(store, id);
  const attempts = await findAttempts(store, task.id);
  const messages = await findMessages(store, { taskId: task.id });
  const names = await namesOf(store, [
    task.claimedBy,
    ...attempts.map((each) => each.agentId),
    ...messages.map(({ from }) => from),
  ]);
  return {
    ...taskDocument(task, names),
    dependencies: await dependenciesOf(sheet.store, task),
    attempts: attempts.map((each) => attemptDocument(each, names)),
    checkpoint: (await lastCheckpoint(store, task.id)) ?? null,
    conflicts: await findConflicts(store, { taskId: task.id }),
    locks: (await findLocks(store, { taskId: task.id })).map(({ id: lock, state, paths, resources }) => ({
      id: lock,
      state,
      paths,
      resources,
    })),
    snapshots: (await findSnapshots(store, { taskId: task.id })).map(
      ({ id: snapshot, commit, reason, leftOut, createdAt }) => ({
        ...{ id: snapshot, commit, reason, leftOut },
        createdAt: iso(createdAt),
      }),
    ),
    messages: messages.map((each) =>
      defined({
        ...{ id: each.id, type: each.type, to: each.to, body: each.body, question: each.question },
        from: each.from === undefined ? 'callsheet' : (names.get(each.from) ?? each.from),
        at: iso(each.createdAt),
      }),
    ),
  };
}

export type TaskDetails = Awaited<ReturnType<typeof detailsOf>>;

async function dependenciesOf(reader: Context['sheet']['store'], task: Task) {
  const dependencies: { id: string; state: Task['state'] }[] = [];
  for (const id of task.after) {
    const need = await findTask(reader, id);
    if (need !== undefined) dependencies.push({ id, state: need.state });
  }
  return dependencies;
}

function attemptDocument(each: Attempt, names: ReadonlyMap<string, string>) {
  const { taskId: _taskId, agentId, startedAt, endedAt, ...rest } = each;
  return defined({
    ...rest,
    agent: names.get(agentId) ?? agentId,
    startedAt: iso(startedAt),
    endedAt: optionalIso(endedAt),
  });
}
