import { requireRun } from '../../run/index.js';
import { defined } from '../../store/index.js';
import { findTasks, TASK_STATES, type Task } from '../../task/index.js';
import { oneLine, tableOf } from '../../text/index.js';
import { namesOf } from '../names.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { runsOfNow } from '../scope.js';
import { taskDocument } from './document.js';

export const taskList = defineOperation({
  name: 'task.list',
  rights: EVERYBODY,
  help: 'Show the tasks',
  input: {
    state: {
      kind: 'choice',
      choices: TASK_STATES,
      many: true,
      placeholder: 'STATE',
      help: 'Only those in this state',
    },
    run: { kind: 'name', placeholder: 'RUN', help: 'Only those of this run' },
    all: { kind: 'flag', help: 'Those of earlier runs too' },
  },
  async run(context, input) {
    const { store } = context.sheet;
    const states = input.state.length === 0 ? undefined : input.state;
    if (input.run !== undefined) await requireRun(store, input.run);
    const found = await findTasks(store, defined({ runId: input.run, states }));
    const isShown = input.all || input.run !== undefined ? () => true : await isOfNow(context);
    const tasks = found.filter(isShown);
    const names = await namesOf(
      store,
      tasks.map(({ claimedBy }) => claimedBy),
    );
    return { tasks: tasks.map((task) => taskDocument(task, names)) };
  },
  show({ tasks }) {
    if (tasks.length === 0) return 'No tasks. Add one: callsheet task add "…"';
    const rows = tasks.map((task) => [
      task.id,
      task.state,
      `${task.priority}`,
      task.claimedBy ?? '',
      oneLine(task.title, 60),
      task.state === 'waiting' ? `after ${task.after.join(', ')}` : oneLine(task.reason ?? '', 60),
    ]);
    return tableOf([['TASK', 'STATE', 'PRIORITY', 'AGENT', 'TITLE', ''], ...rows]);
  },
});

/** Stand-alone tasks and those of the runs that matter now. */
async function isOfNow({ sheet }: Context): Promise<(task: Task) => boolean> {
  const shown = new Set((await runsOfNow(sheet.store)).map(({ id }) => id));
  return ({ runId }) => runId === undefined || shown.has(runId);
}
