import { describe, expect, it } from 'vitest';
import { seeds } from '../support/seeds.js';
import { simulate, type Wishes } from './simulate.js';

export interface Family {
  /** How many schedules there are in all, unless `TEST_SEEDS` or `TEST_SEED` says something else. */
  usual: number;
  /** Which half of them: two files share the work between two processes. */
  share: 0 | 1;
  /** As many as one test plays: a failure names its seed, so they need no test each. */
  atOnce: number;
  wishes?: Wishes;
}

/** Plays the schedules of every second seed. */
export function playSchedules({ usual, share, atOnce, wishes = {} }: Family): void {
  const own = seeds(usual).filter((_, index) => index % 2 === share);
  describe('every rule holds after every step, and every run comes to an end', () => {
    for (let first = 0; first < own.length; first += atOnce) {
      const some = own.slice(first, first + atOnce);
      it(`in the schedules of the seeds ${some[0]} to ${some.at(-1)}`, { timeout: 300_000 }, async () => {
        for (const seed of some) {
          const { state } = await simulate(seed, wishes);
          expect(['finished', 'failed', 'waiting', 'refused']).toContain(state);
        }
      });
    }
    // A single seed that is played again belongs to one of the two.
    it.runIf(own.length === 0)('has none of these seeds', () => expect(own).toEqual([]));
  });
}
