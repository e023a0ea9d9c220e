import { expect, test } from 'vitest';
import { simulate } from './simulate.js';

test('a schedule of the same seed writes the same log, event for event', async () => {
  for (const seed of [3, 16, 1_041]) {
    const once = await simulate(seed);
    const again = await simulate(seed);
    expect(once.log.length).toBeGreaterThan(0);
    expect(again.steps).toBe(once.steps);
    expect(withoutFolder(again.log)).toEqual(withoutFolder(once.log));
  }
});

test('schedules of two seeds are two schedules', async () => {
  const one = await simulate(1);
  const other = await simulate(2);
  expect(withoutFolder(other.log)).not.toEqual(withoutFolder(one.log));
});

/** The temporary folder of a schedule is the one thing that differs. */
function withoutFolder(log: Record<string, unknown>[]): string[] {
  return log.map((event) => JSON.stringify(event).replaceAll(/callsheet-simulation-[A-Za-z0-9]+/g, 'FOLDER'));
}
