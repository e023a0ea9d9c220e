import { expect, test } from 'vitest';
import { likelyCause } from './likely-cause.js';

const one = { task: 'one', paths: ['src/a.ts', 'src/b.ts'] };
const two = { task: 'two', paths: ['src/c.ts'] };

test('the only one is it, whatever the output says', () => {
  expect(likelyCause('', [one])).toEqual({ task: 'one', why: 'only', files: [], among: 1 });
  expect(likelyCause('', [])).toBeUndefined();
});

test('of several it is the one whose files the output names most of', () => {
  const output = 'FAIL src/c.ts:3\n  at /work/run-1/src/a.ts:12:5\n  at (src/b.ts)';
  expect(likelyCause(output, [two, one])).toEqual({
    ...{ task: 'one', why: 'files', files: ['src/a.ts', 'src/b.ts'], among: 2 },
  });
});

test.each([
  ['nothing of either', 'it failed'],
  ['as much of both', 'src/a.ts src/c.ts'],
  ['longer names only', 'src/a.tsx my-src/c.ts src/c.ts.map src/c.ts/x src/c.ts-old'],
])('when the output names %s, nothing is said', (_, output) => {
  expect(likelyCause(output, [one, two])).toBeUndefined();
});

test.each(['src/c.ts.', '"src/c.ts"', './src/c.ts,', 'src/c.ts(3,4)', 'src/c.ts:'])(
  '%s names the file',
  (output) => {
    expect(likelyCause(output, [one, two])).toMatchObject({ task: 'two' });
  },
);

test('many files of a long list are told in part, and one megabyte of output does no harm', () => {
  const paths = Array.from({ length: 500 }, (_, n) => `src/${n}.ts`);
  const output = `${'x src/ '.repeat(150_000)}${paths.join(' ')}`;
  expect(likelyCause(output, [{ task: 'many', paths }, two])?.files).toHaveLength(10);
});
