import { findRuns, requireRun } from '../../run/index.js';
import type { Reader } from '../../store/index.js';
import {
  countTasks,
  firstTasks,
  STATES_BY_INTEREST,
  TASK_STATES,
  type TaskScope,
  type TaskState,
} from '../../task/index.js';
import { oneLine, tableOf } from '../../text/index.js';
import { namesOf } from '../names.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { runsOfNow } from '../scope.js';
import { taskDocument } from './document.js';

// A screen or two, and few enough for an agent to read; whoever wants more says so.
const DEFAULT_LIMIT = 50;

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
    limit: {
      kind: 'integer',
      short: 'n',
      min: 1,
      max: 1_000_000,
      help: `At most so many, open ones before those that have ended; default ${DEFAULT_LIMIT}`,
    },
  },
  async run(context, input) {
    const { store } = context.sheet;
    if (input.run !== undefined) await requireRun(store, input.run);
    const states = input.state.length === 0 ? STATES_BY_INTEREST : input.state;
    const scopes = await scopesOf(store, input);
    const tasks = await firstTasks(store, scopes, states, input.limit ?? DEFAULT_LIMIT);
    const total = await totalOf(store, scopes, states);
    const names = await namesOf(
      store,
      tasks.map(({ claimedBy }) => claimedBy),
    );
    return { tasks: tasks.map((task) => taskDocument(task, names)), total };
  },
  show({ tasks, total }) {
    if (tasks.length === 0) return 'No tasks. Add one: callsheet task add "…"';
    const rows = tasks.map((task) => [
      task.id,
      task.state,
      `${task.priority}`,
      task.claimedBy ?? '',
      oneLine(task.title, 60),
      task.state === 'waiting' ? `after ${task.after.join(', ')}` : oneLine(task.reason ?? '', 60),
    ]);
    const table = tableOf([['TASK', 'STATE', 'PRIORITY', 'AGENT', 'TITLE', ''], ...rows]);
    const more = total - tasks.length;
    return more > 0 ? `${table}\n… and ${more} more: callsheet task list --limit ${total}` : table;
  },
});

/** Stand-alone tasks and those of the runs that matter now, unless it is said otherwise. */
async function scopesOf(reader: Reader, input: { run?: string; all: boolean }): Promise<TaskScope[]> {
  if (input.run !== undefined) return [input.run];
  const runs = input.all ? await findRuns(reader) : await runsOfNow(reader);
  return [null, ...runs.map(({ id }) => id)];
}

async function totalOf(
  reader: Reader,
  scopes: readonly TaskScope[],
  states: readonly TaskState[],
): Promise<number> {
  let total = 0;
  for (const scope of scopes) {
    const counts = await countTasks(reader, scope, { withGroups: true });
    for (const state of new Set(states)) total += counts[state];
  }
  return total;
}
