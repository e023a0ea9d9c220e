import { inputs, listOf, oneOf, text, type Schema } from './schema.js';
import {
  listIn,
  numberIn,
  textIn,
  together,
  type Answered,
  type Caller,
  type Given,
  type Tool,
} from './tool.js';

const PLANNED: Record<string, Schema> = {
  id: text(),
  title: text(),
  spec: text('All that its worker needs to know'),
  after: listOf(text(), 'Tasks to be done first'),
  files: listOf(text(), 'What it will write'),
  priority: { type: 'integer', description: '1 urgent to 10' },
  speciality: text(),
  assignee: text(),
  kind: oneOf('implement', 'fix', 'research', 'review', 'verify', 'synthesis'),
  gate: text('Command that must succeed'),
};

// Said once: the schema of a task costs as much as three tools.
const TASKS = listOf({ type: 'object' }, 'As create_task takes them, with id and spec');

const initCoordination: Tool = {
  name: 'init_coordination',
  isForLead: true,
  description: 'Set the goal and the plan.',
  inputSchema: inputs({ goal: text(), approach: text(), tasks: TASKS }, 'goal'),
  async run({ call }, given) {
    const tasks = await addTasks(call, given['tasks']);
    return together(...tasks, ...(await setGoal(call, given, 'The work is planned anew')));
  },
};

const createTask: Tool = {
  name: 'create_task',
  isForLead: true,
  description: 'Add a task, or several at once, all or none.',
  inputSchema: inputs({ ...PLANNED, tasks: TASKS }),
  async run({ call }, given) {
    if (given['tasks'] !== undefined) return together(...(await addTasks(call, given['tasks'])));
    const { title = firstLine(given), ...rest } = given;
    return call('task.add', {
      ...{ title: title as string | undefined, id: textIn(rest, 'id'), spec: textIn(rest, 'spec') },
      ...{ after: listIn(rest, 'after'), files: listIn(rest, 'files') },
      priority: numberIn(rest, 'priority'),
      ...{ speciality: textIn(rest, 'speciality'), assignee: textIn(rest, 'assignee') },
      ...{ kind: textIn(rest, 'kind'), gate: textIn(rest, 'gate') },
    });
  },
};

function firstLine(given: Given): string | undefined {
  return textIn(given, 'spec')?.trim().split('\n')[0]?.slice(0, 80);
}

const STEERING: Readonly<Record<string, string>> = {
  cancel: 'task.cancel',
  pause: 'task.pause',
  resume: 'task.resume',
  retry: 'task.retry',
};

const stopTask: Tool = {
  name: 'stop_task',
  isForLead: true,
  description: 'Cancel a task, or pause, resume or retry it. Its holder is told.',
  inputSchema: inputs({ id: text(), action: oneOf(...Object.keys(STEERING)), reason: text() }, 'id'),
  run: ({ call }, given) =>
    call(STEERING[textIn(given, 'action') ?? 'cancel'] ?? 'task.cancel', {
      id: textIn(given, 'id'),
      reason: textIn(given, 'reason'),
    }),
};

const replan: Tool = {
  name: 'replan',
  isForLead: true,
  description: 'Change the plan: a new approach, tasks to add, tasks to cancel.',
  inputSchema: inputs(
    { reason: text(), goal: text(), approach: text(), tasks: TASKS, cancel: listOf(text()) },
    'reason',
  ),
  async run({ call }, given) {
    const reason = textIn(given, 'reason');
    const added = await addTasks(call, given['tasks']);
    const cancelled: Answered[] = [];
    for (const id of listIn(given, 'cancel')) cancelled.push(await call('task.cancel', { id, reason }));
    const revised = await setGoal(call, given, reason);
    // Either way every session hears of it.
    if (revised.length === 0)
      revised.push(await call('note.add', { kind: 'decision', text: `Replanned: ${reason ?? ''}` }));
    const { output, shown } = together(...added, ...cancelled, ...revised);
    return { output: { ...output, cancelled: cancelled.map((each) => each.output) }, shown };
  },
};

const resolveConflict: Tool = {
  name: 'resolve_conflict',
  isForLead: true,
  description:
    'Decide a blocker or question (its task goes on), or a conflict of files (ends when the work lands). Without either: the open conflicts.',
  inputSchema: inputs({
    question: text('q-3'),
    conflict: text('conflict-1'),
    keep: oneOf('landed', 'task', 'both'),
    by: text('Who brings a conflict together instead'),
    decision: text(),
  }),
  run({ call }, given) {
    const [question, id] = [textIn(given, 'question'), textIn(given, 'conflict')];
    const decision = textIn(given, 'decision');
    if (question !== undefined) return call('answer', { question, text: decision });
    if (id === undefined) return call('conflict.list', {});
    const [keep, by] = [textIn(given, 'keep'), textIn(given, 'by')];
    return call('conflict.decide', { id, reason: decision, keep, by });
  },
};

type Call = Caller['call'];

async function addTasks(call: Call, tasks: unknown): Promise<Answered[]> {
  if (!Array.isArray(tasks) || tasks.length === 0) return [];
  // A task on each line: errors name lines.
  const text = `{"tasks": [\n${tasks.map((task) => JSON.stringify(task)).join(',\n')}\n]}`;
  return [await call('task.import', { plan: { text } })];
}

/** Sets goal and approach, as far as they are given. */
async function setGoal(call: Call, given: Given, reason: string | undefined): Promise<Answered[]> {
  const [text, approach] = [textIn(given, 'goal'), textIn(given, 'approach')];
  if (text === undefined && approach === undefined) return [];
  const { output, shown } = await call('goal', { text, approach, reason });
  return [{ output: { goal: output['goal'], approach: output['approach'] }, shown }];
}

/** What a lead has besides. */
export const LEAD_TOOLS: readonly Tool[] = [initCoordination, createTask, stopTask, replan, resolveConflict];
