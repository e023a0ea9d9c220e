import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { firstSegment, isReadablePattern, literalBeginnings, matchesPath, pathsOverlap } from './glob.js';

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '.a',
  '*',
  '**',
  '?',
  '*a',
  'a*b',
  '[ab]',
  '[!a]',
  '{a,b}',
  '{a,b/b}*',
);
const pattern = fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', '.a', 'aab', '[ab]'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'));
const anything = fc.string({ unit: fc.constantFrom(...'ab/*?[]{},!.\\-^😀'), maxLength: 30 });

describe('a path fits', () => {
  test.each([
    ['src', 'src/a/b.ts'],
    ['src/', 'src/a/b.ts'],
    ['src', 'src'],
    ['./src//a.ts', 'src/a.ts'],
    ['.', 'anything/at/all'],
    ['**', '.github/workflows/ci.yaml'],
    ['*.ts', 'a.ts'],
    ['src/**/*.test.ts', 'src/x.test.ts'],
    ['src/**/*.test.ts', 'src/a/b/x.test.ts'],
    ['src/*/', 'src/a/b/c'],
    ['{src,test}', 'test/a.ts'],
    ['src/{a,{b,c}}.ts', 'src/c.ts'],
    ['part{1..3}.md', 'part2.md'],
    ['app/[id]/page.tsx', 'app/[id]/page.tsx'],
    ['app/[...slug]/{page,layout}.tsx', 'app/[...slug]/page.tsx'],
    ['app/(shop)/page.tsx', 'app/(shop)/page.tsx'],
    ['templates/{{name}}.txt', 'templates/{{name}}.txt'],
    ['v[0-9].md', 'v7.md'],
    ['a\\*', 'a*'],
    ['?', '😀'],
  ])('%s covers %s', (given, target) => {
    expect(matchesPath(given, target)).toBe(true);
  });

  test.each([
    ['src', 'srcs/a.ts'],
    ['*.ts', 'src/a.ts'],
    ['src/*', 'src/a/b.ts'],
    ['src/?.ts', 'src/ab.ts'],
    ['[!a]', '/'],
    ['a\\*', 'ab'],
    ['app/(shop)/page.tsx', 'app/shop/page.tsx'],
  ])('%s does not cover %s', (given, target) => {
    expect(matchesPath(given, target)).toBe(false);
  });

  test('the same paths as in picomatch for usual patterns', () => {
    fc.assert(
      fc.property(pattern, path, (given, target) => {
        if (picomatch(given, { dot: true, posix: true })(target))
          expect(matchesPath(given, target)).toBe(true);
        // picomatch lets `a/**` fit `a`, and `*/**` not: ours fits both.
        else if (/[*?]/.test(given) && !/[{[]|\*\*$/.test(given))
          expect(matchesPath(given, target)).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('patterns overlap', () => {
  test.each([
    ['src', 'src/a.ts', true],
    ['src/a.ts', 'src', true],
    ['src/a.ts', 'src/b.ts', false],
    ['src/a', 'src/ab', false],
    ['src/*.ts', 'src/a.*', true],
    ['src/*.ts', 'src/*.js', false],
    ['src/*.ts', 'src/a/b.ts', false],
    ['src/**', 'src', true],
    ['**/*.test.ts', 'src/task', true],
    ['**/*.test.ts', 'src/task.ts', true],
    ['src/a*c', 'src/*b', false],
    ['src/[a-c]x', 'src/[c-e]x', true],
    ['src/[a-c]x', 'src/[d-e]x', false],
    ['src/[!a]x', 'src/ax', false],
    ['{src,test}/a.ts', 'test/*.ts', true],
    ['{src,test}/a.ts', 'docs/*', false],
    ['app/(shop)/a.ts', 'app/(shop)/b.ts', false],
    ['app/[id]/a.ts', 'app/[slug]/b.ts', false],
    ['../x', 'src', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(pathsOverlap(a, b)).toBe(expected);
    expect(pathsOverlap(b, a)).toBe(expected);
  });

  test('whenever one path fits both', () => {
    fc.assert(
      fc.property(pattern, pattern, path, (a, b, target) => {
        if (matchesPath(a, target) && matchesPath(b, target)) expect(pathsOverlap(a, b)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test('whenever one path fits both, for any text as pattern', () => {
    fc.assert(
      fc.property(anything, anything, anything, (a, b, target) => {
        if (matchesPath(a, target) && matchesPath(b, target)) expect(pathsOverlap(a, b)).toBe(true);
        expect(pathsOverlap(a, b)).toBe(pathsOverlap(b, a));
        expect(pathsOverlap(a, a)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test('never when their known first segments differ', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        const [one, other] = [firstSegment(a), firstSegment(b)];
        if (one !== undefined && other !== undefined && one !== other) expect(pathsOverlap(a, b)).toBe(false);
      }),
    );
  });
});

describe('hostile patterns', () => {
  test('cost bounded work', () => {
    const start = performance.now();
    expect(matchesPath(`${'*a'.repeat(12)}b`, 'a'.repeat(40))).toBe(false);
    expect(pathsOverlap(`${'*a'.repeat(400)}b`, `${'*a'.repeat(400)}c`)).toBe(false);
    expect(pathsOverlap(`${'**/*a/'.repeat(80)}b`, `${'**/*a/'.repeat(80)}c`)).toBeTypeOf('boolean');
    expect(matchesPath('{'.repeat(999), 'a')).toBe(false);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test.each(['{a,b}'.repeat(8), 'a'.repeat(1_001), '{1..999999}', 'a/../b'])(
    '%#: count as everything',
    (given) => {
      expect(isReadablePattern(given)).toBe(false);
      expect(pathsOverlap(given, 'src/x')).toBe(true);
      expect(matchesPath(given, 'src/x')).toBe(true);
    },
  );
});

test('the beginning of a pattern is what stands before the first wildcard', () => {
  expect(firstSegment('src/a.ts')).toBe('src');
  expect(firstSegment('src/{a,b}/*.ts')).toBe('src');
  expect(firstSegment('{src,test}/a')).toBeUndefined();
  expect(firstSegment('*.ts')).toBeUndefined();
  expect(firstSegment('.')).toBeUndefined();
  expect(literalBeginnings('src/{a,b}/*.ts')).toEqual(
    expect.arrayContaining([
      ['src', 'a'],
      ['src', 'b'],
    ]),
  );
  expect(literalBeginnings('../x')).toEqual([[]]);
});
