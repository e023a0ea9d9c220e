import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bundleProgram } from '../../test/support/bundle-program.js';
import { registerAgent } from '../../src/agent/index.js';
import { claimNextTask } from '../../src/task/index.js';
import { CALLS } from './calls.js';
import { fillSheet, openSheetAt } from './fill.js';
import { isMet } from '../support/targets.js';
import { targetsOf, type Races } from './page.js';
import { raceOf, runRace } from './race.js';
import { FLOOR, timeCalls } from './sizes.js';

const never = new AbortController().signal;

function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-bench-claim-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const RACER = `
  import { race } from './bench/claim/racer.ts';
  void race(JSON.parse(process.argv[3]));
`;

test('every call does what it says on sheets of each size, and is timed', async () => {
  const times = await timeCalls(givenFolder(), [1_000, 2_000], 100, never);
  expect(times.map(({ call, tasks }) => `${call} ${tasks}`)).toEqual(
    [...CALLS, FLOOR].flatMap((call) => [`${call} 1000`, `${call} 2000`]),
  );
  for (const { medianUs, p99Us } of times) expect(p99Us).toBeGreaterThanOrEqual(medianUs);
});

test('processes share the tasks of a sheet, and each claim is in it', async () => {
  const folder = givenFolder();
  const file = join(folder, 'sheet', 'sheet.db');
  await (await fillSheet(file, 2_000)).close();
  const program = await bundleProgram(RACER, folder);
  const race = await runRace(program, { file, what: 'claim', ms: 60_000 }, 3);
  // What is ready without anything being finished: plain tasks and hubs.
  expect(race).toMatchObject({ processes: 3, claims: 1_100, doubleClaims: 0, unaccounted: 0 });
});

test('a claim that the race did not make is unaccounted for', async () => {
  const folder = givenFolder();
  const file = join(folder, 'sheet', 'sheet.db');
  const store = await fillSheet(file, 1_000);
  await store.transaction(async (tx) => {
    const { agent } = await registerAgent(tx, { role: 'worker', driver: 'command' });
    await claimNextTask(tx, agent, 1_000);
  });
  await store.close();
  const program = await bundleProgram(RACER, folder);
  expect(await runRace(program, { file, what: 'claim', ms: 60_000 }, 1)).toMatchObject({ unaccounted: 1 });
  await (await openSheetAt(file)).close();
});

test('a task handed out twice is seen, and misses the target', () => {
  const lap = (claimed: string[]) => ({ before: [], claimed, ms: 1_000, worstMs: 1, cpuMs: 6 });
  const twice = raceOf([lap(['task-1', 'task-2']), lap(['task-2'])], 0);
  expect(twice).toMatchObject({ claims: 3, doubleClaims: 1, perSecond: 3, cpuUs: 4_000 });
  const good = raceOf([lap(['task-1']), lap(['task-2'])], 0);
  const races: Races = { alone: good, together: twice, bareAlone: good, bareTogether: good };
  const [doubles] = targetsOf({ sizes: [1_000], times: [], races });
  expect(doubles).toMatchObject({ what: 'tasks handed out twice', measured: 1 });
  expect(doubles === undefined || isMet(doubles)).toBe(false);
});
