import { describe, expect, it } from 'vitest';
import { seeds } from '../support/seeds.js';
import { simulate } from './simulate.js';

/** As many as one test plays: a failure names its seed, so they need no test each. */
const AT_ONCE = 50;

/**
 * Plays the schedules of every second seed, so that two files share the work between two processes.
 * @param usual How many schedules there are in all.
 */
export function playSchedules(usual: number, share: 0 | 1): void {
  const own = seeds(usual).filter((_, index) => index % 2 === share);
  describe('every rule holds after every step, and every run comes to an end', () => {
    for (let first = 0; first < own.length; first += AT_ONCE) {
      const some = own.slice(first, first + AT_ONCE);
      it(`in the schedules of the seeds ${some[0]} to ${some.at(-1)}`, { timeout: 300_000 }, async () => {
        for (const seed of some) {
          const { state } = await simulate(seed);
          expect(['finished', 'failed', 'waiting', 'refused']).toContain(state);
        }
      });
    }
    // A single seed that is played again belongs to one of the two.
    it.runIf(own.length === 0)('has none of these seeds', () => expect(own).toEqual([]));
  });
}
