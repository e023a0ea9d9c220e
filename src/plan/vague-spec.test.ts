import { expect, test } from 'vitest';
import { isVagueSpec } from './vague-spec.js';

test.each([
  'improve the code',
  'Make everything faster and nicer for all of our users',
  'Fix src/a.ts',
  'Please refactor the whole thing so that it is much cleaner than before',
])('vague: %s', (spec) => {
  expect(isVagueSpec(spec)).toBe(true);
});

test.each([
  'Create src/limiter.js as a token bucket for each key.',
  'Return an error when more than 10 requests arrive in a second.',
  'Rename the function takeToken so that callers see what it does.',
  'Call `verify` before anything is written to the audit log.',
  'Answer "too many requests" when the bucket of a key is empty.',
])('concrete: %s', (spec) => {
  expect(isVagueSpec(spec)).toBe(false);
});
