import { readBlob } from '../blob/index.js';
import { committedHashes, stagedContent } from '../git/index.js';
import type { Reader } from '../store/index.js';
import { newestWritesOf, removedWith, type Write } from '../write/index.js';
import type { Guard } from './guard.js';
import { exactly, lineCounts, moreIn, sumOf } from './line-counts.js';
import type { Place } from './look.js';

/** A content of a file: what is committed, or what is to be compared with that. */
export interface Side {
  /** git's object id; empty where there is no such file. */
  hash: string;
  /** Absent where it is not known. */
  bytes: Buffer | undefined;
}

/** What agents are known to have done to a file since it was as it is committed, under all the names that it had. */
export interface History {
  /** The newest first; but behind all others those that only moved it: whoever moves a file has written none of it. */
  writes: Write[];
  /** What is committed of it: under the name that it had before, where the commit does not have it under its own. */
  base: Side;
  /** The newest move, where the base has another name. */
  mover: Write | undefined;
}

/** More writes of a file under one name than this that are not committed are not looked into. */
const MOST_WRITES = 500;
/** Nor are more names. */
const MOST_MOVES = 20;

/** Follows a file back to where it was as it is committed. */
export async function sinceCommitted(
  guard: Guard,
  reader: Reader,
  { checkout, path }: Place,
  committed: Side,
): Promise<History> {
  const settled = new Set([committed.hash]);
  const moves: Write[] = [];
  let base = committed;
  let part = await underOneName(guard, reader, { checkout, path }, settled);
  const writes = [...part.writes];
  while (part.move !== undefined && moves.length < MOST_MOVES) {
    const { write, source } = part.move;
    moves.push(write);
    const hash = (await committedHashes(checkout, [source.path])).get(source.path) ?? '';
    settled.add(hash);
    if (committed.hash === '') base = await sideOf(guard, checkout, hash);
    part = await underOneName(guard, reader, source, settled, source.seq);
    writes.push(...part.writes);
  }
  return { writes: [...writes, ...moves], base, mover: base.hash === committed.hash ? undefined : moves[0] };
}

/** The writes of a path before one of them, back to where it was as it is committed, or was moved there. */
async function underOneName(
  guard: Guard,
  reader: Reader,
  place: Place,
  settled: ReadonlySet<string>,
  before?: number,
): Promise<{ writes: Write[]; move?: { write: Write; source: Write } }> {
  const writes: Write[] = [];
  for (const write of await newestWritesOf(reader, place, MOST_WRITES, before)) {
    if (settled.has(write.after)) break;
    const source = await sourceOf(guard, reader, write);
    // What one command did was recorded in any order, but all of it before what the next one did.
    if (source !== undefined && (before === undefined || source.seq < before))
      return { writes, move: { write, source } };
    if (write.agentId !== undefined && write.how !== 'meanwhile') writes.push(write);
  }
  return { writes };
}

/** What became a file: another of the same content or, where there was none before, one of which it has most lines. */
async function sourceOf(guard: Guard, reader: Reader, write: Write): Promise<Write | undefined> {
  const removed = await removedWith(reader, write);
  const same = removed.find(({ before }) => before === write.after);
  if (same !== undefined || write.before !== '') return same;
  return removed.find(({ before }) => hasMostOf(guard, write.after, before));
}

function hasMostOf({ sheetFolder }: Guard, content: string, source: string): boolean {
  const [is, was] = [content, source].map((hash) => readBlob(sheetFolder, hash));
  if (is === undefined || was === undefined || is.includes(0) || was.includes(0)) return false;
  const lines = lineCounts(was, exactly);
  return 2 * sumOf(moreIn(lines, lineCounts(is, exactly))) < sumOf(lines);
}

async function sideOf({ sheetFolder }: Guard, checkout: string, hash: string): Promise<Side> {
  return {
    hash,
    bytes: readBlob(sheetFolder, hash) ?? (await stagedContent({ root: checkout, env: {} }, hash)),
  };
}
