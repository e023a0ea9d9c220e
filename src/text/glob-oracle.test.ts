import fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import { matchesPath, pathsOverlap } from './glob.js';

// Small enough that all paths can be looked at, and that patterns which have a path in common have one among them:
// two parts of two pieces each need no longer names and no more folders than there are here.
const PIECES = ['a', 'b', '*', '?', '[ab]', '[!a]', '[b-c]'];
const NAMES = ['a', 'b', '.a', 'aa', 'ab', 'ba', 'bb', 'cb'];
const DEPTH = 3;

const paths: string[] = [];
for (let level = ['']; paths.length < NAMES.length + NAMES.length ** 2 + NAMES.length ** DEPTH;) {
  level = level.flatMap((folder) => NAMES.map((name) => (folder === '' ? name : `${folder}/${name}`)));
  paths.push(...level);
}

const piece = fc.constantFrom(...PIECES);
const part = fc.oneof(
  { weight: 6, arbitrary: fc.array(piece, { minLength: 1, maxLength: 2 }).map((pieces) => pieces.join('')) },
  { weight: 2, arbitrary: fc.constant('**') },
  { weight: 1, arbitrary: fc.tuple(piece, piece).map(([one, other]) => `{${one},${other}}`) },
);
const pattern = fc
  .tuple(part, fc.option(part), fc.boolean())
  .map(
    ([first, second, isFolder]) => (second === null ? first : `${first}/${second}`) + (isFolder ? '/' : ''),
  );

const known = new Map<string, Set<string>>();

/** All small paths that a pattern fits, as picomatch says: a name without wildcards, and a trailing slash, cover what is below. */
function fitting(given: string): Set<string> {
  const before = known.get(given);
  if (before !== undefined) return before;
  const plain = given.replace(/\/$/, '');
  const isWhole = plain !== given || !/[*?[{]/.test(plain);
  const options = { dot: true, posix: true };
  const tests = [picomatch(plain, options), ...(isWhole ? [picomatch(`${plain}/**`, options)] : [])];
  const found = new Set(paths.filter((path) => tests.some((fits) => fits(path))));
  known.set(given, found);
  return found;
}

function meeting(one: string, other: string): string | undefined {
  const theirs = fitting(other);
  for (const path of fitting(one)) if (theirs.has(path)) return path;
  return undefined;
}

test('two patterns overlap whenever there is a path that fits both', () => {
  let apart = 0;
  fc.assert(
    fc.property(pattern, pattern, (one, other) => {
      const path = meeting(one, other);
      if (path !== undefined) expect(pathsOverlap(one, other), path).toBe(true);
      else apart += 1;
    }),
    { numRuns: 3_000 },
  );
  expect(apart).toBeGreaterThan(300);
});

test('and only then: tasks that write nothing in common are not kept apart', () => {
  // Brackets and braces stand for themselves too, so with them there are more names than picomatch knows.
  const readOneWay = pattern.filter((given) => !/[[{]/.test(given));
  fc.assert(
    fc.property(readOneWay, readOneWay, (one, other) => {
      if (!pathsOverlap(one, other) || meeting(one, other) !== undefined) return;
      // picomatch lets `a/**` fit `a`, and `*/**` not: ours fits both.
      expect(`${one} ${other}`).toContain('/**');
      expect(
        paths.some((path) => matchesPath(one, path) && matchesPath(other, path)),
        `${one} and ${other}`,
      ).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
