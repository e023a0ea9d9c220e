import { afterAll, test } from 'vitest';
import { seeds } from '../support/seeds.js';
import { givenPlace } from './given-place.js';
import { killAndResume, type Recovery } from './kill-and-resume.js';
import { proveAll } from './proofs.js';
import { described, scenarioOf } from './scenario.js';

const recoveries: Recovery[] = [];

test.each(seeds(6).map((seed) => [seed, described(scenarioOf(seed))] as const))(
  'seed %i: after %s, everything lands once and nothing is lost',
  { timeout: 120_000 },
  async (seed) => {
    const scenario = scenarioOf(seed);
    await using place = await givenPlace(scenario);
    const outcome = await killAndResume(place, scenario);
    recoveries.push(...outcome.recoveries);
    try {
      await proveAll(place, scenario, outcome);
    } catch (error) {
      const again = `TEST_SEED=${seed} npx vitest run test/kill/kill.test.ts`;
      throw new Error(`Seed ${seed} (again: ${again})\n${outcome.story.join('\n')}`, { cause: error });
    }
  },
);

afterAll(() => {
  if (recoveries.length === 0) return;
  const sums = [
    statisticsOf(recoveries.map(({ ms }) => ms)),
    statisticsOf(recoveries.map(({ cpuMs }) => cpuMs)),
  ];
  console.info(
    `${recoveries.length} recoveries, from the start of resume to work going on: ${sums.join('; of processor time ')}.`,
  );
});

function statisticsOf(values: number[]): string {
  const sorted = values.map(Math.round).sort((one, other) => one - other);
  return `median ${sorted[Math.floor(sorted.length / 2)]} ms, worst ${sorted.at(-1)} ms`;
}
