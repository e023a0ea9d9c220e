import { requireResourceName } from '../../lock/index.js';
import { requireRun, revisePlan } from '../../run/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { usageError } from '../../error/index.js';
import {
  addDependency,
  createTasks,
  findTasks,
  requireTask,
  TASK_KINDS,
  type Task,
} from '../../task/index.js';
import type { InputOf } from '../fields.js';
import { defineOperation, LEADERS, type Context } from '../operation.js';
import { taskDocument } from './document.js';
import { freeId } from './free-id.js';

const INPUT = {
  title: {
    kind: 'text',
    positional: true,
    required: true,
    maxChars: 200,
    help: 'What is to be done, in one line',
  },
  id: { kind: 'name', placeholder: 'ID', help: 'Its id; default task-N' },
  spec: { kind: 'text', maxChars: 100_000, help: 'All that its worker needs to know; default: the title' },
  specFile: { kind: 'file-text', help: 'The spec from a file, - for standard input' },
  priority: {
    kind: 'integer',
    short: 'p',
    min: 1,
    max: 10,
    help: '1 is most urgent, 5 the default, 10 least',
  },
  after: { kind: 'name', many: true, placeholder: 'ID', help: 'A task that must be done first' },
  before: { kind: 'name', many: true, placeholder: 'ID', help: 'A task that must wait for this one' },
  files: { kind: 'path', many: true, placeholder: 'GLOB', help: 'What it expects to write' },
  kind: {
    kind: 'choice',
    choices: TASK_KINDS,
    placeholder: 'KIND',
    help: 'implement (the default), fix, research, review, verify or synthesis',
  },
  speciality: { kind: 'name', help: 'Preferably for workers of this speciality' },
  assignee: { kind: 'name', help: 'Only for the worker of this name' },
  model: { kind: 'name', help: 'The model that should do it' },
  parent: { kind: 'name', placeholder: 'ID', help: 'The task that is done when its children are' },
  attempts: { kind: 'integer', min: 1, max: 100, help: 'How often it may be tried; default 3' },
  timeout: { kind: 'duration', help: 'How long an attempt may take' },
  gate: {
    kind: 'text',
    maxChars: 2_000,
    placeholder: 'CMD',
    help: 'Command that must succeed before it is done',
  },
  exclusive: { kind: 'flag', help: 'Never beside a task that overlaps with it' },
  resource: { kind: 'name', many: true, help: 'A named resource that it needs for itself' },
  estimate: { kind: 'duration', help: 'How long it should take' },
  run: { kind: 'name', placeholder: 'RUN', help: 'Adds it to the plan of a run' },
} as const;

type AddInput = InputOf<typeof INPUT>;

export const taskAdd = defineOperation({
  name: 'task.add',
  rights: LEADERS,
  instead: 'Propose it: callsheet send QUESTION --to lead "…"',
  help: 'Add a task',
  examples: [
    'callsheet task add "Rate limit the API" --spec-file limit.md --files src/limit.js -p 2',
    'callsheet task add "Document the limits" --after task-1',
  ],
  input: INPUT,
  async run(context, input) {
    const { store } = context.sheet;
    const by = await context.agentId();
    const task = await store.transaction((tx) => add(tx, context, input, by));
    return taskDocument(task, new Map());
  },
  show: (task) =>
    task.state === 'ready'
      ? `Added ${task.id}, ready to be claimed: callsheet task claim ${task.id}`
      : `Added ${task.id}, which waits for ${task.after.join(', ')}`,
});

async function add(tx: Transaction, context: Context, input: AddInput, by: string): Promise<Task> {
  const run = input.run === undefined ? undefined : await requireRun(tx, input.run);
  const id = input.id ?? (await freeId(tx));
  input.resource.forEach(requireResourceName);
  await createTasks(tx, [{ ...wanted(input), ...defined({ runId: run?.id }), id, createdBy: by }]);
  for (const dependent of input.before) await addDependency(tx, dependent, id);
  if (run !== undefined) {
    const tasks = (await findTasks(tx, { runId: run.id })).map((each) => each.id);
    await revisePlan(tx, run, { reason: `${context.actor.name} added ${id}`, tasks, by });
  }
  return requireTask(tx, id);
}

function wanted(input: AddInput) {
  if (input.spec !== undefined && input.specFile !== undefined) {
    throw usageError(
      'INPUT_INVALID',
      '--spec and --spec-file are both given. No task was added.',
      'Give one of them.',
    );
  }
  const {
    title,
    priority,
    after,
    files,
    kind,
    speciality,
    assignee,
    model,
    parent,
    attempts,
    gate,
    exclusive,
  } = input;
  return defined({
    ...{ title: title.replace(/\s+/g, ' ').trim(), spec: input.spec ?? input.specFile ?? title },
    ...{ priority, after, files, kind, speciality, assignee, model, parent, attempts, gate, exclusive },
    ...{ resources: input.resource, timeoutMs: input.timeout, estimateMs: input.estimate },
  });
}
