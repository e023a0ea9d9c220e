import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorIn, givenPlace, linesOf, planOf, runOf, WRITER } from './given-place.js';

describe('with --json', () => {
  test('stdout is a stream: a header with its version, what is proposed, one event a line, the report', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': planOf([{ id: 'one' }, { id: 'two', after: ['one'] }], { goal: 'G' }) });
    const { code, lines, report } = await runOf(place, '--plan', 'plan.yaml');
    expect(code).toBe(0);
    expect(lines[0]).toEqual({ callsheet: 'run', version: 1, run: 'run-1' });
    expect(lines[1]).toMatchObject({
      type: 'proposal',
      width: 1,
      criticalPath: { ids: ['one', 'two'] },
      workers: 3,
    });
    const events = lines.slice(2, -1);
    const numbers = events.map((each) => Number(each['seq']));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(events.map((each) => each['type'])).toEqual(
      expect.arrayContaining(['run.created', 'task.claimed', 'task.done', 'run.finished']),
    );
    expect(report).toMatchObject({
      type: 'report',
      run: 'run-1',
      state: 'finished',
      goal: 'G',
      baseGate: 'none',
      conflicts: [],
      workspaces: [],
      tasks: [
        {
          id: 'one',
          state: 'done',
          paths: ['one.txt'],
          commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
          attempts: [{ attempt: 1, outcome: 'landed' }],
        },
        { id: 'two', state: 'done' },
      ],
      next: [
        { what: 'See the work', command: 'git log --first-parent callsheet/run-1/main' },
        { what: 'Take it over', command: 'callsheet land run-1 --into main' },
      ],
    });
  });

  test('a refusal leaves stdout empty, and stderr is the error alone', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': planOf([{ id: 'one', estimate: '2h' }]), 'dirty.txt': '' });
    const ended = await place.callsheet('run', '--json', '--plan', 'plan.yaml');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(errorIn(ended)).toMatchObject({ code: 'AGENT_MISSING' });
  });
});

test('a dry run shows everything and does nothing', async () => {
  const place = givenPlace({ 'package-lock.json': '{}' });
  place.write({
    'plan.yaml': planOf(
      [
        { id: 'one', files: ['src'] },
        { id: 'two', files: ['src/a.js'] },
        { id: 'three', after: ['one', 'two'] },
      ],
      { gate: 'touch ran' },
    ),
  });
  const ended = await place.callsheet('run', '--plan', 'plan.yaml', '--agent', WRITER, '--dry-run');
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('3 tasks, 3 workers, at most 2 at once\ncritical path 10m: ');
  expect(ended.stdout).toContain('three  Task three  after one, two');
  expect(ended.stdout).toContain('overlap: one and two may both write src/a.js');
  expect(ended.stdout).toContain('the lock file suggests `setup: npm ci`');
  const json = await place.callsheet('run', '--plan', 'plan.yaml', '--agent', WRITER, '--dry-run', '--json');
  expect(linesOf(json.stdout)).toMatchObject([
    {
      type: 'proposal',
      asks: ['gate: touch ran'],
      proposedSetup: 'npm ci',
      overlaps: [{ one: 'one', other: 'two' }],
    },
  ]);
  expect(place.beside()).toEqual([]);
  expect(place.known().refs).toEqual(['refs/heads/main']);
  expect((await place.callsheet('sql', '--json', 'select id from runs')).stdout).not.toContain('run-1');
  expect((await place.callsheet('log', '--json')).stdout).not.toContain('seq');
});

describe('what is run', () => {
  test('the same plan twice: the second time its tasks have a number behind their ids', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': planOf([{ id: 'one' }, { id: 'one-2' }, { id: 'two', after: ['one'] }]) });
    expect((await runOf(place, '--plan', 'plan.yaml')).report.tasks.map((task) => task.id)).toEqual([
      'one',
      'one-2',
      'two',
    ]);
    const { code, report } = await runOf(place, '--plan', 'plan.yaml');
    expect(code).toBe(0);
    expect(report.tasks).toMatchObject([
      { id: 'one-3', paths: ['one.txt'] },
      { id: 'one-2-2' },
      { id: 'two-2', paths: ['two.txt'] },
    ]);
  });

  test('a queue file; what is done in it is not done again, and what was for it counts', async () => {
    const place = givenPlace();
    const task = (id: string, status: string, dependencies: string[]) => ({
      id,
      description: `Create ${id}.txt with the word done`,
      status,
      dependencies,
    });
    place.write({
      'queue.json': JSON.stringify({
        goal: 'Queue',
        max_workers: 2,
        model: 'small',
        tasks: [task('t1', 'done', []), task('t2', 'available', ['t1']), task('t3', 'claimed', ['t2'])],
      }),
    });
    const { code, lines, report } = await runOf(place, '--plan', 'queue.json');
    expect(code).toBe(0);
    expect(lines[1]).toMatchObject({ workers: 2, tasks: [{ id: 't2' }, { id: 't3' }], goal: 'Queue' });
    expect(report.tasks).toMatchObject([
      { id: 't1', state: 'done', attempts: [] },
      { id: 't2', state: 'done', paths: ['t2.txt'] },
      { id: 't3', state: 'done' },
    ]);
    const done = await place.callsheet(
      'run',
      '--json',
      '--agent',
      WRITER,
      '--plan',
      'queue.json',
      'Another goal',
      '--dry-run',
    );
    expect(linesOf(done.stdout)).toMatchObject([{ goal: 'Another goal' }]);
  });

  test('the tasks that wait in the sheet', async () => {
    const place = givenPlace();
    await place.callsheet('task', 'add', 'First', '--id', 'first', '--spec', 'Create a file');
    await place.callsheet('task', 'add', 'Second', '--id', 'second', '--after', 'first');
    const { code, report } = await runOf(place);
    expect(code).toBe(0);
    expect(report.tasks).toMatchObject([
      { id: 'first', state: 'done' },
      { id: 'second', state: 'done' },
    ]);
  });

  test('a goal alone is no plan', async () => {
    const place = givenPlace();
    const ended = await place.callsheet('run', '--json', 'Make it fast', '--agent', WRITER);
    expect(ended.code).toBe(2);
    expect(errorIn(ended)).toMatchObject({
      code: 'NOTHING_TO_RUN',
      message: expect.stringContaining('A goal alone') as string,
    });
  });
});

describe('--into', () => {
  test('lands at the end', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': planOf([{ id: 'one' }]) });
    expect((await runOf(place, '--plan', 'plan.yaml', '--into', 'main')).report).toMatchObject({
      landedInto: 'main',
      next: [],
    });
    expect(place.read('one.txt')).toBe('done\n');
  });

  test('that is refused keeps the report, which says what to do; exit 3', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': planOf([{ id: 'one' }]), 'one.txt': 'mine\n' });
    const { code, report } = await runOf(place, '--plan', 'plan.yaml', '--into', 'main');
    expect(code).toBe(3);
    expect(report).toMatchObject({
      state: 'finished',
      tasks: [{ state: 'done' }],
      notLanded: {
        code: 'LAND_DIRTY',
        hint: expect.stringContaining('callsheet land run-1 --into main') as string,
      },
    });
    expect(place.read('one.txt')).toBe('mine\n');
    place.git('stash', '--include-untracked');
    expect(await place.callsheet('land')).toMatchObject({ code: 0, stderr: '' });
    expect(place.read('one.txt')).toBe('done\n');
    expect((await place.callsheet('report')).stdout).toContain('It is in main.');
    expect(place.beside()).toEqual([]);
  });
});

test('ids that git still knows from a sheet that was deleted are not used again', async () => {
  const place = givenPlace();
  place.write({ 'plan.yaml': planOf([{ id: 'one' }]) });
  await runOf(place, '--plan', 'plan.yaml');
  rmSync(join(place.root, '.git', 'callsheet'), { recursive: true });
  const { report } = await runOf(place, '--plan', 'plan.yaml');
  expect(report).toMatchObject({ run: 'run-2', state: 'finished' });
});
