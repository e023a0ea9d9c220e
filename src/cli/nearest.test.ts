import { expect, test } from 'vitest';
import { nearest } from './nearest.js';

const NAMES = ['task', 'task add', 'task claim', 'status', 'lock acquire', 'note'];

test.each([
  ['tsk', 'task'],
  ['stauts', 'status'],
  ['task clam', 'task claim'],
  ['lock aquire', 'lock acquire'],
  ['stat', 'status'],
])('%s was meant as %s', (typed, meant) => {
  expect(nearest(typed, NAMES)).toBe(meant);
});

test('nothing near is no guess', () => {
  expect(nearest('deploy', NAMES)).toBeUndefined();
});
