import type { Reading, Segment, Token } from './glob-compile.js';

/** True when some path fits both readings. */
export function readingsMeet(one: Reading, other: Reading): boolean {
  return sequencesMeet(one.segments, other.segments, isManySegments, segmentsMeet);
}

const isManySegments = (segment: Segment): boolean => segment === '**';
const isStar = (token: Token): boolean => token === '*';

function segmentsMeet(one: Segment, other: Segment): boolean {
  if (one === '**' || other === '**') return true;
  if (one.literal !== undefined && other.literal !== undefined) return one.literal === other.literal;
  return sequencesMeet(one.tokens, other.tokens, isStar, tokensMeet);
}

function tokensMeet(one: Token, other: Token): boolean {
  if (one === '*' || other === '*') return true;
  return one.some(([low, high]) => other.some(([from, to]) => low <= to && from <= high));
}

/**
 * Whether two sequences, in which some items stand for any number of items, have a sequence in common: both
 * are walked at once and every pair of places that can be reached is visited once, so the work is bounded by the
 * product of their lengths (regular expressions made from globs take minutes for `*a*a*a*a*a*a*a*ab`).
 */
function sequencesMeet<T>(
  one: readonly T[],
  other: readonly T[],
  isMany: (item: T) => boolean,
  meet: (a: T, b: T) => boolean,
): boolean {
  let row = new Uint8Array(other.length + 1);
  row[0] = 1;
  for (const a of one) {
    const next = new Uint8Array(other.length + 1);
    for (const [at, b] of other.entries()) {
      if (row[at] !== 1) continue;
      if (isMany(a) || isMany(b)) {
        next[at] = 1;
        row[at + 1] = 1;
      } else if (meet(a, b)) next[at + 1] = 1;
    }
    if (row[other.length] === 1 && isMany(a)) next[other.length] = 1;
    row = next;
  }
  return endReached(row, other, isMany);
}

/** With the first sequence used up, the second may still hold items that stand for nothing. */
function endReached<T>(row: Uint8Array, other: readonly T[], isMany: (item: T) => boolean): boolean {
  for (let at = other.length; at >= 0; at -= 1) {
    if (row[at] === 1) return true;
    const before = other[at - 1];
    if (before === undefined || !isMany(before)) return false;
  }
  return false;
}
