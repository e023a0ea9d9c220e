import { accepted, refused, type Row } from './row.js';

const RUN = ['run', '--plan', '../plan.yaml', '--agent', 'command:touch {canary}', '--dry-run'];
const deep = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);
const anchors = (levels: number): string =>
  Array.from(
    { length: levels },
    (_, n) => `a${n}: &a${n} [${n === 0 ? 'lol' : `*a${n - 1},`.repeat(9)}]\n`,
  ).join('');

/** A plan as it stands in the file. */
const plan = (what: string, text: string, names: string, more: Partial<Row> = {}): Row => ({
  what,
  args: RUN,
  given: { plan: text },
  ...refused('PLAN_INVALID', 2, names),
  ...more,
});

const file = (what: string, name: string, code: string, names: string, more: Partial<Row> = {}): Row => ({
  what,
  args: ['run', `--plan=${name}`, '--agent', 'command:touch {canary}', '--yes'],
  ...refused(code, 2, names),
  ...more,
});

const FILES: readonly Row[] = [
  file('a plan of 10 MB', '../plan.yaml', 'PLAN_TOO_LARGE', '10000000 bytes', {
    given: { plan: '#'.repeat(10_000_000) },
    process: true,
  }),
  file('a plan that is a folder', 'src', 'PLAN_UNREADABLE', 'src'),
  file('a plan that is a FIFO', 'pipe', 'PLAN_UNREADABLE', 'pipe', {
    given: { fifos: ['pipe'] },
    process: true,
  }),
  file('a plan that is a device', '/dev/zero', 'PLAN_UNREADABLE', '/dev/zero'),
  file('a plan that is standard input', '/dev/stdin', 'PLAN_UNREADABLE', '/dev/stdin', { processOnly: true }),
  file('a plan in a circle of links', 'loop', 'PLAN_UNREADABLE', 'loop', {
    given: { links: { loop: 'loop' } },
  }),
  file('a plan of 300 bytes', 'n'.repeat(300), 'PLAN_UNREADABLE', 'nnn'),
  file('a plan that begins with a dash', '-x.yaml', 'PLAN_UNREADABLE', '-x.yaml'),
  file('a plan with a command', '$(touch {canary}).yaml', 'PLAN_UNREADABLE', '$(touch'),
  file('a plan with a title for the terminal', '\u001b]0;x\u0007no.yaml', 'PLAN_UNREADABLE', 'no.yaml'),
  {
    what: 'a plan as the goal',
    args: ['run', 'p.yaml'],
    given: { files: { 'p.yaml': 'tasks: []' } },
    ...refused('PLAN_AS_GOAL', 2, 'p.yaml'),
  },
];

const TEXTS: readonly Row[] = [
  plan('10,000 levels of brackets', `tasks: ${deep(10_000, '[', ']')}`, 'levels', { process: true }),
  plan('10,000 levels of braces', `tasks: ${deep(10_000, '{a: ', '}')}`, 'levels'),
  plan('10,000 levels of dashes', `tasks:\n${'- '.repeat(10_000)}x`, 'levels'),
  plan(
    '300 levels of columns',
    Array.from({ length: 300 }, (_, n) => `${' '.repeat(n)}k:`).join('\n'),
    'levels',
  ),
  plan('an anchor bomb', `${anchors(12)}tasks: *a11`, 'liases', { process: true }),
  plan('an anchor that holds itself', 'tasks: &a [*a]', '*a'),
  plan('an alias of nothing', 'tasks: *nothing', 'nothing'),
  plan('merge keys', '%YAML 1.1\n---\n<<: {goal: x}\ntasks: []', 'YAML 1.1'),
  plan('a tag of JavaScript', 'tasks: !!js/function "function(){ touch }"', 'tag'),
  plan(
    'a tag of Python',
    'goal: !!python/object/apply:os.system ["touch {canary}"]\ntasks: [{id: a, spec: x}]',
    'tag',
  ),
  plan('two documents', 'tasks: []\n---\ntasks: []', 'more than one document'),
  plan('a key twice', 'tasks: [{id: a, spec: x, spec: y}]', 'spec'),
  plan('a key twice, once escaped', '{"tasks": [{"id": "a", "spec": "x", "\\u0073pec": "y"}]}', 'spec'),
  plan(
    'a key of the prototype',
    '{"__proto__": {"gate": "touch {canary}"}, "tasks": [{"id": "a", "spec": "x"}]}',
    '__proto__',
  ),
  plan('a key of every object', 'constructor: {prototype: {}}\ntasks: [{id: a, spec: x}]', 'constructor'),
  plan(
    'a key of the prototype in a task',
    'tasks: [{id: a, spec: x, __proto__: {gate: touch}}]',
    '__proto__',
  ),
  plan('a key that is a list', '? [a, b]\n: x\ntasks: []', 'key'),
  plan('a key with an escape', '"\\e[2Jgate": x\ntasks: [{id: a, spec: x}]', 'gate'),
  plan('bytes that are no UTF-8 text but are', 'tasks: "\ufffd"', 'tasks'),
  plan('a list at the top', '- a\n- b', 'mapping'),
  plan('a number', '42', 'mapping'),
  plan('half a JSON', '{"tasks": [{"id": "a"', 'valid YAML'),
  plan('no tasks', 'tasks: []', 'no tasks'),
  plan(
    '2,001 tasks',
    `tasks:\n${Array.from({ length: 2_001 }, (_, n) => `- {id: t${n}, spec: x}`).join('\n')}`,
    '2000',
  ),
  plan('300,000 brackets', `tasks: [${'[],'.repeat(120_000)}]`, 'keys, values and signs'),
  plan(
    'tasks that wait for each other',
    'tasks: [{id: a, spec: x, after: [b]}, {id: b, spec: y, after: [a]}]',
    'a → b',
  ),
  plan('two ids in other case', 'tasks: [{id: a, spec: x}, {id: A, spec: y}]', 'A'),
  plan('mistakes without end', `tasks:\n${'- {id: "..", x: 1}\n'.repeat(1_000)}`, 'more'),
];

const QUEUES: readonly Row[] = [
  plan(
    'max_workers of a queue',
    '{"max_workers": 1e9, "tasks": [{"id": "a", "description": "x"}]}',
    'max_workers',
    { key: 'plan.max_workers' },
  ),
  plan(
    'working_directory of a queue',
    '{"working_directory": "../outside", "tasks": [{"id": "a", "description": "x"}]}',
    'outside',
    { key: 'plan.working_directory' },
  ),
  plan(
    'task_timeout of a queue',
    '{"task_timeout": -1, "tasks": [{"id": "a", "description": "x"}]}',
    'task_timeout',
    { key: 'plan.task_timeout' },
  ),
  plan('model of a queue', '{"model": "--help", "tasks": [{"id": "a", "description": "x"}]}', 'model', {
    key: 'plan.model',
  }),
  plan('status of a queue', '{"tasks": [{"id": "a", "description": "x", "status": "__proto__"}]}', 'status', {
    key: 'task.status',
  }),
];

/** Plan files: how they are read, and every key. */
export const PLANS: readonly Row[] = [
  ...FILES,
  ...TEXTS,
  ...QUEUES,
  {
    what: 'keys of the prototype in a schema',
    args: RUN,
    key: 'task.output',
    given: { plan: 'tasks: [{id: a, spec: x, output: {"__proto__": {a: 1}, constructor: 1}}]' },
    ...refused('PLAN_INVALID', 2, '__proto__'),
  },
  {
    what: 'commands in a goal',
    args: RUN,
    key: 'plan.goal',
    given: {
      plan: "goal: $(touch {canary}) `touch {canary}` '; DROP TABLE task; --\ntasks: [{id: a, spec: x}]",
    },
    ...accepted('$(touch {canary})'),
  },
];
