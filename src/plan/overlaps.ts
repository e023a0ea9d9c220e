import { literalBeginnings, pathsOverlap } from '../text/index.js';
import type { Reach } from './dependency-order.js';

/** Two tasks that may run at the same time and expect to write the same files. */
export interface Overlap {
  one: string;
  other: string;
  /** The narrower of each two patterns that meet. */
  paths: string[];
}

/** More pairs than this tell nobody anything: a plan in which all tasks write `src` has two million. */
const MAX_OVERLAPS = 1_000;
/** Characters compared with characters at the worst: half a second for hostile patterns. */
const MAX_WORK = 20_000_000;

interface Entry {
  /** Of the task: its place in the plan, and in the order of dependencies. */
  rank: number;
  place: number;
  pattern: string;
  beginnings: string[][];
  cost: number;
}

interface Folder {
  entries: Entry[];
  below: Map<string, Folder>;
}

interface Found {
  overlaps: Overlap[];
  isComplete: boolean;
}

/**
 * Pairs of tasks with overlapping files and no dependency path between them, in plan order. Patterns are filed
 * under the folder they begin with, and each meets only those filed on the way down to its own.
 * @returns `isComplete` is false when there are more than 1 000 pairs or the patterns are too costly to compare.
 */
export function findOverlaps(
  tasks: readonly { id: string; files: readonly string[] }[],
  reach: Reach,
): Found {
  const entries = tasks.flatMap(({ id, files }, rank) =>
    files.map((pattern) => entryOf(pattern, rank, reach.placeOf(id))),
  );
  const found = new Map<number, Overlap>();
  let work = 0;
  const isComplete = everyCandidate(entries, (one, other) => {
    if (one.rank === other.rank || reach.areOrdered(one.place, other.place)) return true;
    work += one.cost * other.cost;
    if (work > MAX_WORK || found.size >= MAX_OVERLAPS) return false;
    if (pathsOverlap(one.pattern, other.pattern)) add(one, other);
    return true;
  });
  return { overlaps: [...found].sort(([a], [b]) => a - b).map(([, pair]) => pair), isComplete };

  function add(a: Entry, b: Entry): void {
    const [first, second] = a.rank < b.rank ? [a, b] : [b, a];
    const [one, other] = [tasks[first.rank]?.id ?? '', tasks[second.rank]?.id ?? ''];
    const key = first.rank * tasks.length + second.rank;
    const paths = found.get(key)?.paths ?? [];
    const path = narrowerOf(a, b);
    found.set(key, { one, other, paths: paths.includes(path) ? paths : [...paths, path] });
  }
}

function entryOf(pattern: string, rank: number, place: number): Entry {
  const all = literalBeginnings(pattern);
  const beginnings = [...new Map(all.map((names) => [names.join('/'), names])).values()];
  return { rank, place, pattern, beginnings, cost: pattern.length * all.length };
}

/** Visits pairs of entries of which one is filed on the way to the other, until a visit answers false. */
function everyCandidate(entries: readonly Entry[], visit: (met: Entry, entry: Entry) => boolean): boolean {
  const top: Folder = { entries: [], below: new Map() };
  for (const entry of entries) {
    for (const names of entry.beginnings) wayTo(top, names).at(-1)?.entries.push(entry);
  }
  return entries.every((entry) =>
    entry.beginnings.every((names) => {
      const way = wayTo(top, names);
      return way.every((folder, depth) =>
        // In its own folder each pair comes up from both sides: once is enough.
        folder.entries.every((met) => (depth === names.length && met.rank > entry.rank) || visit(met, entry)),
      );
    }),
  );
}

/** The folders from the top to a beginning, itself included; made where they are missing. */
function wayTo(top: Folder, names: readonly string[]): Folder[] {
  const way = [top];
  let folder = top;
  for (const name of names) {
    let next = folder.below.get(name);
    if (next === undefined) folder.below.set(name, (next = { entries: [], below: new Map() }));
    way.push((folder = next));
  }
  return way;
}

function narrowerOf(one: Entry, other: Entry): string {
  const depth = ({ beginnings }: Entry): number => Math.max(...beginnings.map((names) => names.length));
  const deeper = depth(one) - depth(other) || one.pattern.length - other.pattern.length;
  return deeper > 0 ? one.pattern : other.pattern;
}
