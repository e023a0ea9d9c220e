import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hold, type Mode } from './contest.js';
import { readOptions } from './options.js';
import { sumUp, targetsOf } from './page.js';
import { takeIn } from './view.js';

const never = new AbortController().signal;

async function held(mode: Mode) {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-bench-lost-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const round = await hold(folder, mode, { agents: 3, cycles: 8, files: 1, seed: 1 }, never);
  expect(readdirSync(folder)).toEqual([]);
  return round;
}

test('without callsheet every edit is made, and some vanish', async () => {
  const { made, kept, vanished, refused } = await held('without');
  expect({ made, refused, sum: kept + vanished }).toEqual({ made: 24, refused: 0, sum: 24 });
  expect(vanished).toBeGreaterThan(0);
});

test('with the guard every edit is made after all, and none vanishes', async () => {
  const { made, kept, recoverable, vanished, refused } = await held('guard');
  expect({ made, vanished, sum: kept + recoverable }).toEqual({ made: 24, vanished: 0, sum: 24 });
  expect(refused).toBeGreaterThan(0);
});

test('a mode that loses an edit misses its target', () => {
  const round = { made: 5, givenUp: 0, refused: 1, kept: 4, recoverable: 0, ms: 20 };
  const modes = sumUp([
    { ...round, mode: 'without', vanished: 1, ms: 10 },
    { ...round, mode: 'guard', vanished: 1 },
  ]);
  expect(modes.find(({ mode }) => mode === 'guard')).toMatchObject({ vanished: 1, ms: 20, ratio: 2 });
  expect(targetsOf(modes)[0]).toMatchObject({
    what: 'edits that vanished with guard',
    measured: 1,
    limit: 0,
  });
});

test('an agent takes a diff that it is shown into its picture, and gives that up where the two do not fit', () => {
  const views = new Map([
    ['a.txt', 'one\ntwo\n'],
    ['b.txt', 'something else\n'],
  ]);
  const diff = '@@ -1,2 +1,3 @@\n one\n+new\n two';
  const told = (path: string): string =>
    `callsheet: ${path} has changed since you last saw it: bo wrote it.\n${diff}`;
  takeIn(views, `${told('a.txt')}\n\n${told('b.txt')}`);
  expect(views).toEqual(new Map([['a.txt', 'one\nnew\ntwo\n']]));
});

test('options that are no numbers are refused', () => {
  expect(() => readOptions(['--agents', 'x'])).toThrow('--agents x is no whole number from 1');
  expect(readOptions([])).toMatchObject({ agents: 4, cycles: 50, files: 5, save: true });
});
