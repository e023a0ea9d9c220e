import { compilePath, compilePattern, plainPath, type Reading } from './glob-compile.js';
import { readingsMeet } from './glob-meet.js';

/** Above this many steps two patterns count as overlapping; patterns that people write need a few hundred. */
const MAX_STEPS = 4_000_000;

/**
 * Whether a path fits a pattern: a file, a folder (`src` and `src/` cover what is below), or a glob with `*`, `**`,
 * `?`, `{a,b}`, `{1..3}`, `[a-z]`, `[!a]`. Files that start with a dot count as any other; brackets also stand for
 * themselves, as in `app/[id]/page.tsx`; a backslash takes the next sign literally. A pattern that cannot be read
 * within bounds (over 1 000 characters, over 128 alternatives, with `..`) fits every path.
 *
 * Not picomatch, whose `{dot: true}` it otherwise follows: its regular expressions backtrack, and
 * `*a*a*a*a*a*a*a*a*a*a*a*ab` held the process for over a minute.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const readings = compilePattern(pattern);
  if (readings === undefined) return true;
  // Most paths are told from most patterns by their letters; only the others are taken apart.
  const letters = plainPath(path);
  let target: Reading | undefined;
  return readings.some((reading) => {
    if (reading.literal !== undefined && areApart(reading.literal, letters)) return false;
    target ??= compilePath(path);
    return readingsMeet(reading, target);
  });
}

/**
 * Whether some path fits both patterns (read as by {@link matchesPath}). Never says no when there is such a path;
 * says yes without one only for patterns past the bounds.
 */
export function pathsOverlap(a: string, b: string): boolean {
  if (a === b) return true;
  const [ours, theirs] = [compilePattern(a), compilePattern(b)];
  if (ours === undefined || theirs === undefined) return true;
  let steps = 0;
  for (const one of ours) {
    for (const other of theirs) {
      if (one.literal === undefined || other.literal === undefined) steps += one.size * other.size;
      if (steps > MAX_STEPS || meet(one, other)) return true;
    }
  }
  return false;
}

function meet(one: Reading, other: Reading): boolean {
  const [a, b] = [one.literal, other.literal];
  if (a !== undefined && b !== undefined && areApart(a, b)) return false;
  return readingsMeet(one, other);
}

function areApart(a: string, b: string): boolean {
  return !isSameOrBelow(a, b) && !isSameOrBelow(b, a);
}

function isSameOrBelow(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** False for a pattern past the bounds of {@link matchesPath}, which would cover everything. */
export function isReadablePattern(pattern: string): boolean {
  return compilePattern(pattern) !== undefined;
}

/**
 * The folders and file at the start of each reading of a pattern before anything is to be matched: `src/{a,b}/*.ts`
 * begins `src/a` and `src/b`. Two patterns can overlap only where one beginning leads into the other.
 */
export function literalBeginnings(pattern: string): string[][] {
  return (compilePattern(pattern) ?? [{ segments: [] }]).map(({ segments }) => {
    const names: string[] = [];
    for (const segment of segments) {
      if (segment === '**' || segment.literal === undefined) break;
      names.push(segment.literal);
    }
    return names;
  });
}

/**
 * The folder or file at the top that all paths of a pattern lie in; undefined when there may be several. Patterns
 * whose first segments are known and differ do not overlap.
 */
export function firstSegment(pattern: string): string | undefined {
  const firsts = new Set(literalBeginnings(pattern).map(([first]) => first));
  return firsts.size === 1 ? [...firsts][0] : undefined;
}
