import { expect, test } from 'vitest';
import { compare } from './compare.js';
import type { Floor } from './floor.js';
import type { Replay } from './replay.js';
import type { Merge } from './source.js';

const merge: Merge = {
  id: 'merge',
  tree: 'people',
  base: 'base',
  first: { commit: 'one', tree: 'first' },
  second: { commit: 'two', tree: 'second' },
};
const clean: Floor = { verdict: 'clean', tree: 'merged', paths: [], ms: 1 };
const conflict: Floor = { verdict: 'conflict', tree: 'marked', paths: ['a'], ms: 1 };
const landed: Replay = {
  run: 'run-1',
  outcome: 'landed',
  tree: 'merged',
  paths: [],
  keptTrees: new Set(['first', 'second', 'merged']),
  ms: 1,
  trouble: undefined,
};
const conflicted: Replay = { ...landed, outcome: 'conflicted', tree: 'first', paths: ['a'] };

function faults(replay: Replay, floor: Floor): string[] {
  return compare(merge, replay, floor, 1).faults;
}

test('what agrees with git has no fault', () => {
  expect(faults(landed, clean)).toEqual([]);
  expect(faults(conflicted, conflict)).toEqual([]);
});

test.each<[string, Replay, Floor, string]>([
  ['a clean merge that did not land', conflicted, clean, 'git merges it cleanly, and it did not land'],
  ['a conflict that landed', landed, conflict, 'although git finds a conflict'],
  ['another tree than git makes', { ...landed, tree: 'other' }, clean, 'git makes merged'],
  [
    'a first side that landed as something else',
    { ...conflicted, tree: 'other' },
    conflict,
    'the first side landed as tree other',
  ],
  [
    'a conflict in other files',
    { ...conflicted, paths: ['b'] },
    conflict,
    'conflict recorded in b; git names a',
  ],
  [
    'work that no ref holds',
    { ...conflicted, keptTrees: new Set(['first']) },
    conflict,
    'no ref holds the work of the second side',
  ],
  [
    'a run that failed',
    { ...landed, outcome: 'failed', trouble: 'exit 1' },
    clean,
    'neither landed nor conflicted: exit 1',
  ],
])('%s is a fault', (_what, replay, floor, fault) => {
  expect(faults(replay, floor).join('\n')).toContain(fault);
});

test('landing with another tree than the people committed is no fault', () => {
  expect(compare(merge, landed, clean, 1)).toMatchObject({ asCommitted: false, faults: [] });
  expect(compare({ ...merge, tree: 'merged' }, landed, clean, 1)).toMatchObject({ asCommitted: true });
});
