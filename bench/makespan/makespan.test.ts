import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { entryPoint } from '../../src/process/index.js';
import { randomFrom } from '../../test/support/seeds.js';
import { git } from '../support/git.js';
import { bestKnownMs } from './best-known.js';
import { boundOf, longestWays, workOf } from './bound.js';
import { drawJobs, type Job } from './draw.js';
import { fileSetsOf } from './file-sets.js';
import { listScheduleMs } from './list-schedule.js';
import { runInRealTime } from './sample.js';
import { simulate } from './simulate.js';
import { batchesOf, readWorkloads } from './workloads.js';

function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-makespan-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const job = (id: string, ms: number, after: string[] = [], failedMs: number[] = []): Job => ({
  ...{ id, after, estimateMs: ms, files: [], lines: [] },
  attemptsMs: [...failedMs, ms],
});

/** A chain of three beside three that wait for nothing. */
const JOBS = [job('a', 3), job('b', 3, ['a']), job('c', 3, ['b']), job('d', 4), job('e', 2), job('f', 3)];

const schedule = (jobs: Job[], workers: number, gateMs = 0, isPatient = true): number =>
  listScheduleMs({ jobs, workers, gateMs, isPatient, ranks: longestWays(jobs, (each) => each.estimateMs) });

test('graphs are cut into batches in the order of creation, of work alone, with the dependencies inside', () => {
  const file = join(givenFolder(), 'workloads.json.gz');
  const tasks = Array.from({ length: 7 }, (_, index) => ({
    ...{ id: `x-${index}`, kind: index === 3 ? 'epic' : 'task', created: 100 - index },
  }));
  const needs = [
    ['x-0', 'x-1'],
    ['x-0', 'x-6'],
    ['x-4', 'x-5'],
    ['x-4', 'x-5'],
    ['x-5', 'elsewhere'],
  ];
  writeFileSync(file, gzipSync(JSON.stringify({ some: { tasks, needs }, agent_seconds: [1, 2, 3] })));

  const { graphs, agentSeconds } = readWorkloads(file);

  expect(agentSeconds).toEqual([1, 2, 3]);
  expect(batchesOf(graphs, { size: 3, fewestEdges: 1, most: 1 })).toEqual({
    batches: [
      {
        name: 'some 1',
        edges: 1,
        tasks: [
          { id: 't1', after: [] },
          { id: 't2', after: [] },
          { id: 't3', after: ['t2'] },
        ],
      },
    ],
    leftOut: { 'more than the 1 asked for': 1 },
  });
  expect(batchesOf(graphs, { size: 3, fewestEdges: 2, most: 9 }).leftOut).toEqual({
    'fewer than 2 dependencies among its tasks': 2,
  });
  expect(() => readWorkloads(join(file, 'nothing'))).toThrow('cannot be read');
});

test('a batch whose dependencies go in a circle is left out', () => {
  const issues = ['a', 'b'].map((id, created) => ({ id, kind: 'bug', created }));
  const needs: [string, string][] = [
    ['a', 'b'],
    ['b', 'a'],
  ];
  expect(batchesOf([{ name: 'g', issues, needs }], { size: 2, fewestEdges: 0, most: 9 }).leftOut).toEqual({
    'dependencies in a circle': 1,
  });
});

test('what is drawn is the same for the same seed, is wrong by as much as was said, and fails as often', () => {
  const tasks = Array.from({ length: 4_000 }, (_, index) => ({ id: `t${index}`, after: [] }));
  const draw = (seed: number) =>
    drawJobs(
      { name: 'b', tasks, edges: 0 },
      { agentSeconds: [1, 2, 9], medianMs: 1_000, sigma: 0.6, failing: 0.1, fileSets: [['a'], ['b', 'c']] },
      randomFrom(seed),
    );
  const jobs = draw(1);
  expect(draw(1)).toEqual(jobs);
  expect(draw(2)).not.toEqual(jobs);
  expect(new Set(jobs.map((each) => each.attemptsMs.at(-1)))).toEqual(new Set([500, 1_000, 4_500]));
  const errors = jobs.map((each) => Math.log(each.estimateMs / (each.attemptsMs.at(-1) ?? 0)));
  const spread = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
  expect(spread).toBeCloseTo(0.6, 1);
  expect(jobs.filter((each) => each.attemptsMs.length > 1).length / jobs.length).toBeCloseTo(0.1, 1);
  expect(Math.max(...jobs.map((each) => each.attemptsMs.length))).toBeLessThanOrEqual(3);
});

test('no schedule is shorter than the longest chain, than its work shared, or than its gates one after another', () => {
  expect(boundOf(JOBS, 2, 0)).toMatchObject({ ms: 9, chainMs: 9, workMs: 9 });
  expect(boundOf(JOBS, 1, 0)).toMatchObject({ ms: 18, workMs: 18 });
  // Each link of the chain is tested before the next one begins.
  expect(boundOf(JOBS, 2, 2)).toMatchObject({ ms: 15, chainMs: 15, workMs: 11 });
  expect(boundOf([job('a', 3, [], [2, 2]), job('b', 1)], 2, 0)).toMatchObject({ ms: 7 });
  const many = Array.from({ length: 17 }, (_, index) => job(`t${index}`, 1));
  expect(boundOf(many, 17, 5)).toMatchObject({ ms: 16, gatesMs: 16 });
});

test('the list scheduler takes the longest way first, tests what has ended together, and begins failures again', () => {
  expect(schedule(JOBS, 2)).toBe(9);
  expect(schedule(JOBS, 1)).toBe(18);
  expect(schedule([job('a', 3, [], [2, 2]), job('b', 1)], 1)).toBe(8);
  // Both end at 1 and are tested together; with a gate of its own each would need 7.
  expect(schedule([job('a', 1), job('b', 1)], 2, 3)).toBe(4);
  // While `a` is tested, an impatient worker begins `d` and keeps `b` waiting.
  const jobs = [job('a', 3), job('b', 5, ['a']), job('d', 4)];
  expect([true, false].map((isPatient) => schedule(jobs, 1, 1, isPatient))).toEqual([14, 13]);
});

test('the best known schedule is between the bound and that of the list scheduler', () => {
  for (let seed = 0; seed < 10; seed += 1) {
    const random = randomFrom(seed);
    const tasks = Array.from({ length: 12 }, (_, index) => ({
      id: `t${index}`,
      after: index % 3 === 0 ? [] : [`t${index - 1}`],
    }));
    const jobs = drawJobs(
      { name: 'b', tasks, edges: 8 },
      { agentSeconds: [1, 2, 5, 9], sigma: 0.6, failing: 0.1, fileSets: [] },
      random,
    );
    const boundMs = boundOf(jobs, 3, 100).ms;
    const bestMs = bestKnownMs(jobs, { workers: 3, gateMs: 100, boundMs }, random);
    const ranks = longestWays(jobs, (each) => workOf(each) + 100);
    const foreseen = { jobs, workers: 3, gateMs: 100, ranks, isPatient: true };
    expect(bestMs).toBeGreaterThanOrEqual(boundMs);
    expect(bestMs).toBeLessThanOrEqual(listScheduleMs(foreseen));
  }
});

test('what commits of a history changed together is read, but merges and large changes', async () => {
  const folder = givenFolder();
  await git(folder, 'init', '--quiet', '-b', 'main');
  const commit = async (files: string[]) => {
    for (const file of files) writeFileSync(join(folder, file), `${Math.random()}`);
    await git(folder, 'add', '--all');
    await git(folder, '-c', 'user.name=A', '-c', 'user.email=a@localhost', 'commit', '--quiet', '-m', 'More');
  };
  await commit(['a.txt', 'with space.txt']);
  await commit(Array.from({ length: 13 }, (_, index) => `f${index}`));
  await commit(['a.txt']);
  expect(await fileSetsOf(folder)).toEqual([['a.txt'], ['a.txt', 'with space.txt']]);
  await expect(fileSetsOf(join(folder, 'nowhere'))).rejects.toThrow('nowhere');
});

test('a batch takes as long in the simulation as by hand, and in real time a little longer', async () => {
  const jobs = JOBS.slice(3).map((each) => ({
    ...{ ...each, estimateMs: each.estimateMs * 50 },
    attemptsMs: each.attemptsMs.map((ms) => ms * 50),
  }));
  const simulated = await simulate(jobs, { workers: 2, gateMs: 0 });
  expect(simulated).toEqual({ ms: 250, repeated: 0, trouble: undefined });
  const programs = { callsheet: entryPoint('callsheet'), agent: resolve(import.meta.dirname, 'agent.sh') };
  const real = await runInRealTime(jobs, { workers: 2, gateMs: 10 }, programs, new AbortController().signal);
  expect(real.trouble).toBeUndefined();
  expect(real.ms).toBeGreaterThanOrEqual(250);
});
