import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, LONGEST_BACKOFF_MS } from './backoff.js';

const failures = fc.oneof(fc.nat(12), fc.maxSafeNat());

test('the pause before the next attempt is 1 s to 60 s, and never shorter after more failures', () => {
  fc.assert(
    fc.property(failures, failures, (one, other) => {
      const [fewer, more] = [Math.min(one, other), Math.max(one, other)];
      expect(backoffMs(fewer)).toBeGreaterThanOrEqual(1_000);
      expect(backoffMs(more)).toBeLessThanOrEqual(LONGEST_BACKOFF_MS);
      expect(backoffMs(more)).toBeGreaterThanOrEqual(backoffMs(fewer));
    }),
  );
});

test('it doubles until it is the longest', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8].map(backoffMs)).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
  ]);
});
