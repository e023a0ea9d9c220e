import { usageError } from '../../error/index.js';
import { PREPARATION_KEYS, readPlan, type Plan, type PlannedTask } from '../../plan/index.js';
import { createTasks } from '../../task/index.js';
import { defineOperation, LEADERS } from '../operation.js';
import { taskDocument } from './document.js';

export const taskImport = defineOperation({
  name: 'task.import',
  rights: LEADERS,
  instead: 'Propose them: callsheet send QUESTION --to lead "…"',
  help: 'Add the tasks of a plan file: all of them, or none',
  examples: ['callsheet task import plan.yaml'],
  input: {
    plan: {
      kind: 'file-text',
      positional: true,
      required: true,
      placeholder: 'PLAN',
      help: 'YAML or JSON with tasks, which may wait for tasks that are there already; - for standard input',
    },
  },
  async run(context, input) {
    const { plan, warnings } = await readPlan(input.plan, { file: 'plan', joins: true });
    requireTasksOnly(plan);
    const by = await context.agentId();
    const tasks = await context.sheet.store.transaction((tx) =>
      createTasks(
        tx,
        plan.tasks.map((task) => wanted(task, by)),
      ),
    );
    return {
      tasks: tasks.map((task) => taskDocument(task, new Map())),
      warnings: warnings.map(({ code, message, instead }) => ({ code, message, instead })),
    };
  },
  show: ({ tasks, warnings }) =>
    [
      `Added ${tasks.map(({ id }) => id).join(', ')}`,
      ...warnings.map(({ message, instead }) => `Doubtful: ${message}. Better: ${instead}`),
    ].join('\n'),
});

function wanted({ line: _line, ...task }: PlannedTask, createdBy: string) {
  return { ...task, createdBy };
}

/** How work is prepared and tested is a matter of a run; left out silently, a gate would be missed. */
function requireTasksOnly(plan: Plan): void {
  const key = PREPARATION_KEYS.find((each) => isSaid(plan[each]));
  if (key === undefined) return;
  throw usageError(
    'PLAN_FOR_RUN',
    `The plan says \`${key}\`, which only a run heeds. No task was added.`,
    'Run it: callsheet run --plan FILE. Or leave it out, and give tasks a `gate` of their own.',
  );
}

function isSaid(value: unknown): boolean {
  return value !== undefined && Object.keys(Object(value) as object).length > 0;
}
