import { expect, test } from 'vitest';
import type { Task } from '../task/index.js';
import { chooseTask } from './choose.js';

const task = (id: string, more: Partial<Task> = {}): Task =>
  ({
    id,
    state: 'running',
    files: [],
    resources: [],
    exclusive: false,
    pathMs: 0,
    priority: 5,
    ...more,
  }) as Task;
const choose = (ready: Task[], active: Task[], more: { conflicted?: string[]; speciality?: string } = {}) =>
  chooseTask({
    ready,
    active,
    conflicted: new Set(more.conflicted ?? []),
    ...(more.speciality === undefined ? {} : { speciality: more.speciality }),
  })?.id;

test('a task apart from what runs is preferred to an earlier one that overlaps', () => {
  const active = [task('x', { files: ['src/'] })];
  expect(choose([task('a', { files: ['src/a.ts'] }), task('b', { files: ['docs/'] })], active)).toBe('b');
  expect(choose([task('a', { files: ['src/a.ts'] })], active)).toBe('a');
});

test('exclusive tasks wait for whatever may write the same, and others for them', () => {
  expect(
    choose([task('a', { files: ['src/a.ts'], exclusive: true })], [task('x', { files: ['src/'] })]),
  ).toBeUndefined();
  expect(
    choose([task('a', { files: ['src/a.ts'] })], [task('x', { files: ['src/'], exclusive: true })]),
  ).toBeUndefined();
  expect(choose([task('a', { files: ['docs/'], exclusive: true })], [task('x', { files: ['src/'] })])).toBe(
    'a',
  );
});

test('of files that nobody has named any may be meant', () => {
  expect(choose([task('a', { exclusive: true })], [task('x', { files: ['src/'] })])).toBeUndefined();
  expect(choose([task('a', { exclusive: true, files: ['docs/'] })], [task('x')])).toBeUndefined();
  expect(choose([task('a')], [task('x')])).toBe('a');
});

test('a pair that has conflicted does not meet again', () => {
  expect(choose([task('a')], [task('x')], { conflicted: ['a x', 'x a'] })).toBeUndefined();
});

test('a task sent back for a conflict is worked on beside nothing that may write the same, and is not overtaken by it', () => {
  const long = task('long', { files: ['src/'] });
  const short = task('short', { files: ['src/a.ts'] });
  const apart = task('apart', { files: ['docs/'] });
  const sentBack = new Map([['long', ['CHANGES']]]);
  const first = (ready: Task[], active: Task[]) =>
    chooseTask({ ready, active, conflicted: new Set(), sentBack })?.id;
  expect(first([short], [long])).toBeUndefined();
  expect(first([short, apart], [long])).toBe('apart');
  expect(first([task('log', { files: ['CHANGES'] })], [long])).toBeUndefined();
  // It waits for one that is at work, and so do those behind it that it waits for otherwise.
  const busy = task('busy', { files: ['src/b.ts'] });
  expect(first([long, short, apart], [busy])).toBe('apart');
  expect(first([long, short], [busy])).toBeUndefined();
  expect(first([short, long], [busy])).toBe('short');
});

test('a short task is not begun beside a long one that may write the same, unless it is nearer to the heart of the plan or ends later', () => {
  const long = task('long', { files: ['src/'], pathMs: 100 });
  const short = task('short', { files: ['src/a.ts'], estimateMs: 10, pathMs: 10 });
  const first = (ready: Task, leftMs: number) =>
    chooseTask({ ready: [ready], active: [long], conflicted: new Set(), leftMs: new Map([['long', leftMs]]) })
      ?.id;
  expect(first(short, 11)).toBeUndefined();
  expect(first(short, 10)).toBe('short');
  expect(first({ ...short, pathMs: 101 }, 11)).toBe('short');
  expect(first({ ...short, files: ['docs/'] }, 11)).toBe('short');
});

test('among equals a worker takes what it did before, and only among equals', () => {
  const ready = [task('a', { speciality: 'docs' }), task('b', { speciality: 'code' })];
  expect(choose(ready, [], { speciality: 'code' })).toBe('b');
  expect(choose([task('a', { pathMs: 9 }), ...ready.slice(1)], [], { speciality: 'code' })).toBe('a');
});

test('a resource waits for the agent of an ended claim, which may still use it', () => {
  const next = [task('a', { resources: ['port'] })];
  expect(choose(next, [task('x', { resources: ['port'], state: 'cancelled' })])).toBeUndefined();
  expect(choose(next, [task('x', { resources: ['disk'], state: 'cancelled' })])).toBe('a');
  // Who holds its claim holds its locks as well: those say whether there is room.
  expect(choose(next, [task('x', { resources: ['port'], state: 'running' })])).toBe('a');
});
