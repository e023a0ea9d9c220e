import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { file, plan, problemsOf, SPEC, task } from './plan.fixture.js';
import { readPlan, readPlanFile } from './read-plan.js';

describe('a plan', () => {
  test('is read with every key, places and defaults', async () => {
    const text = `
goal: Add rate limiting
approach: Token bucket per key
gate: npm test
setup: npm ci
setupInputs: [package-lock.json]
copy: [.env]
keep: [coverage/**]
env: {PORT: "{4000+slot}", LEVEL: 3}
workspaces: ../work
resources: {test-suite: 1, "port:3000": 2}
tasks:
  - id: limiter
    title: Token bucket
    spec: |
      Create src/limiter.js as a token bucket.
    kind: fix
    files: [./src//limiter.js, "src/[id]/*.ts"]
    priority: 1
    estimate: 10m
    timeout: 1h30m
    speciality: backend
    assignee: ada
    model: small
    attempts: 2
    gate: npm run quick
    exclusive: true
    resources: [test-suite]
    output: {type: object, properties: {n: {type: number, maximum: 1.5}}}
  - id: middleware
    after: [limiter, limiter]
    parent: 7
    spec: |
      # Use the limiter in src/server.js

      Everywhere.
  - id: 7
    spec: "The parent of all, see docs/plan.md for 3 details."
`;
    const { plan: read } = await readPlan(text, { file });
    expect(read).toEqual({
      goal: 'Add rate limiting',
      approach: 'Token bucket per key',
      gate: 'npm test',
      setup: 'npm ci',
      setupInputs: ['package-lock.json'],
      copy: ['.env'],
      keep: ['coverage/**'],
      env: { PORT: '{4000+slot}', LEVEL: '3' },
      workspaces: '../work',
      resources: { 'test-suite': 1, 'port:3000': 2 },
      tasks: [
        {
          id: 'limiter',
          title: 'Token bucket',
          spec: 'Create src/limiter.js as a token bucket.',
          kind: 'fix',
          files: ['src/limiter.js', 'src/[id]/*.ts'],
          after: [],
          priority: 1,
          estimateMs: 600_000,
          timeoutMs: 5_400_000,
          speciality: 'backend',
          assignee: 'ada',
          model: 'small',
          attempts: 2,
          gate: 'npm run quick',
          exclusive: true,
          resources: ['test-suite'],
          output: { type: 'object', properties: { n: { type: 'number', maximum: 1.5 } } },
          isDone: false,
          line: 13,
        },
        {
          id: 'middleware',
          title: 'Use the limiter in src/server.js',
          spec: '# Use the limiter in src/server.js\n\nEverywhere.',
          kind: 'implement',
          files: [],
          after: ['limiter'],
          priority: 5,
          parent: '7',
          exclusive: false,
          resources: [],
          isDone: false,
          line: 30,
        },
        expect.objectContaining({ id: '7' }),
      ],
    });
  });

  test('may share values by alias', async () => {
    const text = plan(
      `{id: a, spec: &s "${SPEC}", files: &f [src]}`,
      '{id: b, after: [a], spec: *s, files: *f}',
    );
    const { plan: read } = await readPlan(text, { file });
    expect(read.tasks[1]).toMatchObject({ spec: SPEC, files: ['src'] });
  });

  test('as JSON, indented by tabs, with a byte order mark and Windows line ends', async () => {
    const text = `\ufeff${JSON.stringify({ tasks: [{ id: 'a', spec: SPEC }] }, null, '\t').replaceAll('\n', '\r\n')}`;
    expect((await readPlan(text, { file: 'plan.json' })).plan.tasks[0]).toMatchObject({
      id: 'a',
      spec: SPEC,
    });
  });
});

describe('a task queue file', () => {
  test('is read as a plan', async () => {
    const tasks = [
      {
        id: 'task-001',
        description: `${SPEC}\nMore.`,
        status: 'done',
        claimed_by: null,
        priority: 1,
        dependencies: [],
      },
      {
        id: 'task-002',
        description: SPEC,
        status: 'claimed',
        claimed_by: 'ada',
        priority: 'high',
        dependencies: ['task-001'],
        context: { files: ['src/server.js'], hints: ['Look at `app.use`.', 'Keep it small.'] },
      },
    ];
    const queue = {
      goal: 'G',
      max_workers: 3,
      model: 'm',
      task_timeout: 600,
      working_directory: './app/',
      tasks,
    };
    const { plan: read, warnings } = await readPlan(JSON.stringify(queue), { file });
    expect(read).toMatchObject({
      goal: 'G',
      workers: 3,
      model: 'm',
      taskTimeoutMs: 600_000,
      startFolder: 'app',
    });
    expect(read.tasks).toMatchObject([
      { id: 'task-001', title: SPEC, isDone: true, priority: 1 },
      { id: 'task-002', isDone: false, priority: 2, after: ['task-001'], files: ['src/server.js'] },
    ]);
    expect(read.tasks[1]?.spec).toBe(`${SPEC}\n\nHints:\n- Look at \`app.use\`.\n- Keep it small.`);
    expect(warnings.find(({ code }) => code === 'CLAIMED_ELSEWHERE')?.message).toContain('task-002');
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['status', { status: 'open' }, 'BAD_STATUS'],
    ['priority', { priority: 'soon' }, 'BAD_PRIORITY'],
    ['context', { context: ['src'] }, 'WRONG_TYPE'],
    ['key of the context', { context: { file: [] } }, 'UNKNOWN_KEY'],
    ['dependency', { dependencies: ['b'] }, 'UNKNOWN_DEPENDENCY'],
    ['description', { description: ' ' }, 'EMPTY_SPEC'],
    ['key', { result: 'x' }, 'UNKNOWN_KEY'],
  ])('with a wrong %s is refused', async (_, wrong, code) => {
    const text = JSON.stringify({ tasks: [{ id: 'a', description: SPEC, ...wrong }] });
    expect((await problemsOf(text)).map((problem) => problem.code)).toEqual([code]);
  });

  test.each([
    ['max_workers', 0, 'BAD_WORKERS'],
    ['max_workers', '3', 'BAD_WORKERS'],
    ['task_timeout', '10m', 'BAD_DURATION'],
    ['task_timeout', -1, 'BAD_DURATION'],
    ['working_directory', '/etc', 'PATH_OUTSIDE'],
    ['working_directory', '../x', 'PATH_OUTSIDE'],
    ['model', '--help', 'BAD_NAME'],
  ])('with %s: %s is refused', async (key, value, code) => {
    const text = JSON.stringify({ [key]: value, tasks: [{ id: 'a', description: SPEC }] });
    expect((await problemsOf(text)).map((problem) => problem.code)).toEqual([code]);
  });
});

describe('a plan file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callsheet-plan-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is read, and named as it was given', async () => {
    const path = join(folder, 'good.yaml');
    await writeFile(path, plan(task('a')));
    expect((await readPlanFile(path)).plan.tasks).toHaveLength(1);
    await writeFile(path, 'x: 1');
    await expect(readPlanFile(path, { file: 'good.yaml' })).rejects.toThrow(/^good\.yaml:1:1: /m);
  });

  test('over 1 MB is refused by its size', async () => {
    const path = join(folder, 'big.yaml');
    await writeFile(path, '');
    await truncate(path, 10 ** 12);
    await expect(readPlanFile(path)).rejects.toMatchObject({ code: 'PLAN_TOO_LARGE', exit: 'usage' });
    await expect(readPlan('x'.repeat(1_048_577), { file })).rejects.toMatchObject({ code: 'PLAN_TOO_LARGE' });
  });

  test('that is none is refused', async () => {
    const fifo = join(folder, 'fifo');
    await promisify(execFile)('mkfifo', [fifo]);
    await writeFile(join(folder, 'latin.yaml'), Buffer.from([0x67, 0x3a, 0xff]));
    for (const path of [
      folder,
      fifo,
      '/dev/zero',
      join(folder, 'missing'),
      join(folder, 'latin.yaml'),
      'a\0b',
    ]) {
      await expect(readPlanFile(path)).rejects.toMatchObject({ code: 'PLAN_UNREADABLE', exit: 'usage' });
    }
  });
});
