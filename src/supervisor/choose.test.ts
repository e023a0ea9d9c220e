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

test('among equals a worker takes what it did before, and only among equals', () => {
  const ready = [task('a', { speciality: 'docs' }), task('b', { speciality: 'code' })];
  expect(choose(ready, [], { speciality: 'code' })).toBe('b');
  expect(choose([task('a', { pathMs: 9 }), ...ready.slice(1)], [], { speciality: 'code' })).toBe('a');
});
