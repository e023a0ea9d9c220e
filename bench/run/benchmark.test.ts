import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { entryPoint } from '../../src/process/index.js';
import { UsageError } from '../support/usage-error.js';
import { measureRuns } from './benchmark.js';
import { countProcesses } from './count.js';
import { faultsOf, landByHand } from './contest.js';
import { readOptions } from './options.js';
import { figuresOf, pageOf } from './page.js';
import { openPlace } from './place.js';
import { git } from '../support/git.js';

const PROGRAMS = {
  callsheet: entryPoint('callsheet'),
  agent: resolve(import.meta.dirname, 'agent.sh'),
  floor: resolve(import.meta.dirname, 'floor.sh'),
};
const { signal } = new AbortController();

test('a task takes ten processes of git, and a run no more than twenty besides', async () => {
  await using place = await openPlace();
  const { callsheet, byHand, faults } = await countProcesses(place, PROGRAMS, signal, [4, 12]);
  expect(faults).toEqual([]);
  expect(byHand).toEqual({ perTask: 7, fixed: 2 });
  // Nine, and a share of what a round of landing takes; the processes that answer many questions may be started anew.
  expect(callsheet.perTask).toBeLessThanOrEqual(10);
  expect(callsheet.fixed).toBeLessThanOrEqual(20);
});

test('both sides land the same files, measured in turn, and the gates of a run are counted', async () => {
  await using place = await openPlace();
  const said: string[] = [];
  const wishes = { tasks: 2, workers: 2, rounds: 2, files: [5], gate: true, programs: PROGRAMS, signal };
  const measured = await measureRuns(place, { ...wishes, counted: [1, 2], say: (line) => said.push(line) });
  expect(measured.faults).toEqual([]);
  expect(measured.cases).toMatchObject([{ files: 5, rounds: [{}, {}] }]);
  expect(measured.gated?.gates).toBeGreaterThanOrEqual(2);
  expect(said).toHaveLength(3);
});

test('what did not land, and what was changed besides, is a fault', async () => {
  await using place = await openPlace();
  const repository = await place.repository(3);
  const work = { repository, plan: '', tasks: 2, workers: 1, programs: PROGRAMS, signal };
  const took = await landByHand(work);
  expect(await faultsOf(work, 'by-hand/main', took)).toEqual([]);
  expect(await faultsOf({ ...work, tasks: 3 }, 'by-hand/main', took)).toEqual([
    'by-hand/main: 2 of 3 files landed',
  ]);
  await git(repository, 'rm', '--quiet', '-r', 'src');
  await git(repository, 'commit', '--quiet', '--message', 'Gone');
  await git(repository, 'update-ref', 'refs/heads/emptied', 'main');
  await git(repository, 'reset', '--quiet', '--hard', 'main~1');
  await git(repository, 'worktree', 'add', '--quiet', '--detach', `${repository}.left`);
  expect(await faultsOf({ ...work, tasks: 0 }, 'emptied', took)).toEqual([
    'emptied: changed 3 files that no task has named',
    'emptied: 1 worktrees are left',
  ]);
});

test('the same repository is made each time', async () => {
  const ids = [];
  for (let time = 0; time < 2; time += 1) {
    await using place = await openPlace();
    ids.push(await git(await place.repository(30), 'rev-parse', 'HEAD^{tree}'));
  }
  expect(ids[0]).toBe(ids[1]);
});

test('figures are medians, and ratios are taken round by round', () => {
  const rounds = [
    { callsheetMs: 100, byHandMs: 100 },
    { callsheetMs: 300, byHandMs: 200 },
    { callsheetMs: 200, byHandMs: 400 },
  ];
  const measured = { cases: [{ files: 30, rounds }], gated: { ms: 18_000, gates: 15 }, faults: [] };
  const figures = figuresOf(measured, 100);
  expect(figures).toEqual({
    cases: [{ files: 30, callsheetMs: 200, byHandMs: 200, ratio: 1, worstRatio: 1.5 }],
    gated: { ms: 18_000, gates: 15, overGates: 1.2, leastMs: 14_000, overLeast: 1.29 },
  });
  const surroundings = { date: '', commit: '', machine: '', node: '', git: '' };
  const page = pageOf({ ...measured, command: '', surroundings, tasks: 100, workers: 4, figures });
  expect(page).toContain(
    '| 30 files: the run, by hand, ratio (worst) | 200 ms, 200 ms, 1 (1.5); target 1.5 |',
  );
  expect(page).toContain('| 30 | 2 | 300 ms | 200 ms | 1.5 |');
});

test('options are read, and what is no number is refused', () => {
  expect(readOptions([])).toMatchObject({ tasks: 100, workers: 4, rounds: 3, files: [30, 1000], gate: true });
  expect(readOptions(['--files', '7', '--no-gate'])).toMatchObject({ files: [7], gate: false });
  expect(readOptions(['--help'])).toBeUndefined();
  for (const args of [
    ['--tasks', 'x'],
    ['--files', '3,'],
    ['--wokers', '3'],
  ])
    expect(() => readOptions(args)).toThrow(UsageError);
});
