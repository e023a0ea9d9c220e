import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fileAppears, givenProject, type EventLine } from './given-project.js';

const WRITE = 'echo "$T" > "$T.txt"';
const order = (events: EventLine[]) =>
  events.filter((event) => event.type === 'task.claimed').map((event) => event.task);

test('the longest way to the end comes first, then the priority', async () => {
  await using project = await givenProject();
  const { code, events } = await project.run(
    [
      { id: 'low', estimate: '5m', priority: 9 },
      { id: 'high', estimate: '5m', priority: 1 },
      { id: 'end', estimate: '10m', after: ['begin'] },
      { id: 'begin', estimate: '5m', priority: 9 },
    ],
    WRITE,
    { args: ['-w', '1'] },
  );
  expect(code).toBe(0);
  // The worker waits a moment until `begin` has landed: `end` is farther from the end than `high`.
  expect(order(events)).toEqual(['begin', 'end', 'high', 'low']);
});

test('a task that overlaps with none running is preferred; an overlapping one is taken rather than leave a worker idle', async () => {
  await using project = await givenProject();
  const { events } = await project.run(
    [
      { id: 'one', files: ['src/'], priority: 1 },
      { id: 'same', files: ['src/b.ts'], priority: 2 },
      { id: 'apart', files: ['docs/'], priority: 3 },
    ],
    `${WRITE}; touch "$F/$T"; until test -e "$F/one" -a -e "$F/same" -a -e "$F/apart"; do sleep 0.02; done`,
  );
  expect(order(events)).toEqual(['one', 'apart', 'same']);
});

test('an exclusive task never runs beside one that may write the same', async () => {
  await using project = await givenProject();
  const script = `${WRITE}; mkdir "$F/lock"; sleep 0.3; rmdir "$F/lock"`;
  const { code } = await project.run(
    [
      { id: 'one', files: ['src/'], attempts: 1 },
      { id: 'two', files: ['src/b.ts'], exclusive: true, attempts: 1 },
      { id: 'three', attempts: 1, exclusive: true },
    ],
    script,
  );
  expect(code).toBe(0);
});

test('a named resource is held by as many tasks as it has room for', async () => {
  await using project = await givenProject();
  const script = `${WRITE}; mkdir "$F/$RESOURCE"; sleep 0.2; rmdir "$F/$RESOURCE"`;
  const { code, report } = await project.run(
    ['one', 'two', 'three'].map((id) => ({ id, resources: ['db'], attempts: 1 })),
    script,
    { top: { resources: { db: 1 }, env: { RESOURCE: 'db' } } },
  );
  expect(code, JSON.stringify(report)).toBe(0);
  expect(await project.sql("select id from lock where state in ('held', 'queued')")).toEqual([]);
});

test('a task that waits for a resource which a person holds begins when it is released', async () => {
  await using project = await givenProject();
  await project.callsheet('task', 'list');
  const engine = await project.begin(
    [{ id: 'free' }, { id: 'needs', resources: ['db'], after: ['free'] }],
    `case $T in free) touch "$F/begun"; until test -e "$F/go"; do sleep 0.05; done;; esac; ${WRITE}`,
    {
      top: { resources: { db: 1 } },
    },
  );
  await fileAppears(project.at('begun'));
  expect((await project.callsheet('lock', 'acquire', '--resource', 'db', '--as', 'alice')).code).toBe(0);
  await project.write(project.at('go'), '');
  await engine.until((event) => event.type === 'task.done' && event.task === 'free');
  const released = await project.callsheet('lock', 'release', '--resource', 'db', '--as', 'alice');
  expect(released.code, released.stderr).toBe(0);
  expect((await engine.ended).code).toBe(0);
});

test('two tasks that have conflicted are not run side by side again', async () => {
  await using project = await givenProject();
  const { code, events } = await project.run(
    [{ id: 'left' }, { id: 'right', attempts: 2 }],
    `case $T$N in
      left1) echo left > a.txt; touch "$F/left"; until test -e "$F/right"; do sleep 0.02; done;;
      right1) until test -e "$F/left"; do sleep 0.02; done; echo right > a.txt; touch "$F/right"; until git log --format=%s callsheet/run-1/main | grep -q left; do sleep 0.05; done;;
      *) echo "$T again" >> a.txt;;
    esac`,
  );
  expect(code).toBe(0);
  expect(events.filter((event) => event.type === 'conflict.opened')).toHaveLength(1);
});

test('a worker keeps to its speciality among equals', async () => {
  await using project = await givenProject();
  const { report } = await project.run(
    [
      { id: 'a1', speciality: 'docs', priority: 1 },
      { id: 'b1', speciality: 'code', priority: 2 },
      { id: 'b2', speciality: 'code', priority: 3 },
      { id: 'a2', speciality: 'docs', priority: 3 },
    ],
    WRITE,
    { args: ['-w', '1'] },
  );
  expect(report.state).toBe('finished');
});

test("an assignee's task goes to the worker of that name only", async () => {
  await using project = await givenProject();
  const { code, report } = await project.run(
    [{ id: 'any' }, { id: 'hers', assignee: 'zoe' }, { id: 'hers-too', assignee: 'zoe' }],
    WRITE,
  );
  expect(code).toBe(0);
  const agents = new Map(report.tasks.map((task) => [task.id, task.attempts.map((each) => each.agent)]));
  expect(agents.get('hers')).toEqual(['zoe']);
  expect(agents.get('hers-too')).toEqual(['zoe']);
});

test("a person's task is left to the person: the run ends waiting and says for whom", async () => {
  await using project = await givenProject();
  expect((await project.callsheet('task', 'add', 'Something else', '--as', 'alice')).code).toBe(0);
  const { code, report } = await project.run([{ id: 'any' }, { id: 'hers', assignee: 'alice' }], WRITE);
  expect(code).toBe(3);
  expect(report.reason).toBe('hers is ready for alice');
});

test('a parent is done when its children are', async () => {
  await using project = await givenProject();
  const { code } = await project.run(
    [
      { id: 'all' },
      { id: 'one', parent: 'all' },
      { id: 'two', parent: 'all' },
      { id: 'then', after: ['all'] },
    ],
    `${WRITE}; if test $T = then; then test -e one.txt; test -e two.txt; fi`,
  );
  expect(code).toBe(0);
  expect(await project.sql("select id, state from task where id = 'all'")).toEqual([
    { id: 'all', state: 'done' },
  ]);
});

test('setup runs once in a workspace, before the agent; the environment is the configured one', async () => {
  await using project = await givenProject({ 'a.txt': 'a\n', '.gitignore': '.env\nmade\n' });
  await project.write('.env', 'KEY=1\n');
  const { code } = await project.run(
    [{ id: 'one' }],
    'test -e made; test "$PORT" = 4000 -o "$PORT" = 4001; cat .env > copied.txt; echo "$PATH" > "$F/path"',
    {
      top: {
        setup: 'echo ran >> "$LOG"; touch made',
        copy: ['.env'],
        env: { PORT: '{4000+slot}', LOG: project.at('setups') },
      },
    },
  );
  expect(code).toBe(0);
  expect(project.show('callsheet/run-1/main', 'copied.txt')).toBe('KEY=1');
  expect(await readFile(project.at('setups'), 'utf8')).toBe('ran\n');
  expect(await readFile(project.at('path'), 'utf8')).not.toContain('node_modules/.bin');
});

test('a setup that always fails stops the run with its output, and costs no attempt', async () => {
  await using project = await givenProject();
  const { code, report } = await project.run([{ id: 'one' }, { id: 'two' }, { id: 'three' }], WRITE, {
    top: { setup: 'echo "registry is down"; exit 4' },
  });
  expect(code).toBe(3);
  expect(report.state).toBe('waiting');
  expect(report.reason).toContain('registry is down');
  expect(report.reason).toContain('callsheet resume run-1');
  expect(
    (await project.sql<{ failures: number }>('select failures from task')).map((row) => row.failures),
  ).toEqual([0, 0, 0]);
});

test('a run whose setup works again goes on where it was', async () => {
  await using project = await givenProject();
  const first = await project.run([{ id: 'one' }], WRITE, {
    top: { setup: `test -e ${project.at('registry')}` },
  });
  expect(first.code).toBe(3);
  await project.write(project.at('registry'), '');
  const again = await project.callsheet('resume');
  expect(again.code, again.stderr).toBe(0);
  expect(project.worktrees()).toEqual([]);
});

test('a copied file that git does not ignore is refused: it would land', async () => {
  await using project = await givenProject();
  await project.write('secrets.txt', 'key\n');
  const { code, report } = await project.run([{ id: 'one' }], WRITE, { top: { copy: ['secrets.txt'] } });
  expect(code).toBe(3);
  expect(report.reason).toContain('secrets.txt is copied into each workspace');
  expect(existsSync(`${project.root}/secrets.txt`)).toBe(true);
});
