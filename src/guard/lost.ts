import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readBlob } from '../blob/index.js';
import type { Reader } from '../store/index.js';
import { findWrites, writesOf, type Write, type WriteFilter } from '../write/index.js';
import { contentOf } from './content.js';
import type { Guard } from './guard.js';
import { isTakenBack, lineChange, linesOf, type LineChange, type Lines } from './undone.js';
import { sessionOf } from './who.js';

/** A write whose change is no longer in the file. */
export interface LostWrite {
  write: Write;
  /** The write of another that took it away; before that it was still there. */
  by: Write;
}

export interface LostWrites {
  /** Oldest first. */
  lost: LostWrite[];
  /** How many writes could not be compared: what they left is not kept, or is too large. */
  unknown: number;
  /** Whether there are older writes that were not looked at. */
  isCut: boolean;
}

/** So many writes are looked at, the newest that a filter lets through. */
const MOST_WRITES = 2_000;
/** So many of one file: each is compared with those after it. */
const MOST_OF_FILE = 200;
const LARGEST_BYTES = 1_000_000;

/**
 * The writes whose change another session's later write took away, and which nobody has brought back. Takes as long as
 * it takes to read the contents of the writes that are looked at; within one file it grows with their square.
 */
export async function findLost(guard: Guard, filter: WriteFilter): Promise<LostWrites> {
  const { store } = guard;
  const found = await findWrites(store, { ...filter, newest: MOST_WRITES + 1 });
  const wanted = found.slice(-MOST_WRITES);
  const sessions = new Sessions(store);
  const all: LostWrites = { lost: [], unknown: 0, isCut: found.length > MOST_WRITES };
  for (const ofFile of byPlace(wanted)) {
    const [first] = ofFile;
    if (first === undefined || !existsSync(first.checkout)) continue;
    const since = await writesOf(store, first, first.seq - 1);
    if (since.length > MOST_OF_FILE) all.isCut = true;
    const chosen = new Set(ofFile.map(({ seq }) => seq));
    const { lost, unknown } = await lostOf(guard, sessions, since.slice(-MOST_OF_FILE), chosen);
    all.lost.push(...lost);
    all.unknown += unknown;
  }
  all.lost.sort((one, other) => one.write.seq - other.write.seq);
  return all;
}

/** Writes by the file that they are of, in the order given. */
function byPlace(writes: readonly Write[]): Write[][] {
  const places = new Map<string, Write[]>();
  for (const write of writes) {
    const place = `${write.checkout}\0${write.path}`;
    const known = places.get(place);
    if (known === undefined) places.set(place, [write]);
    else known.push(write);
  }
  return [...places.values()];
}

/** The session of each agent, asked for once. */
class Sessions {
  readonly #known = new Map<string, string>();

  constructor(private readonly reader: Reader) {}

  async of(agentId: string): Promise<string> {
    const known = this.#known.get(agentId) ?? (await sessionOf(this.reader, agentId))?.id ?? agentId;
    this.#known.set(agentId, known);
    return known;
  }
}

/** A write that is followed through those that came after it. */
interface Followed {
  write: Write;
  session: string;
  change: LineChange;
  made: Lines;
  /** Whether it was still there after the last write that was looked at. */
  isThere: boolean;
  by: Write | undefined;
}

/** The contents are gone through one by one, and none is kept: only what each write changed is. */
async function lostOf(
  guard: Guard,
  sessions: Sessions,
  writes: readonly Write[],
  chosen: ReadonlySet<number>,
): Promise<Pick<LostWrites, 'lost' | 'unknown'>> {
  const followed: Followed[] = [];
  const stale = staleIn(writes);
  let unknown = 0;
  for (const write of writes) {
    const [before, after] = [keptLines(guard, write.before), keptLines(guard, write.after)];
    const session = write.agentId === undefined ? undefined : await sessions.of(write.agentId);
    if (before === 'unknown' || after === 'unknown') {
      if (chosen.has(write.seq)) unknown += 1;
      continue;
    }
    for (const each of followed) follow(each, { write, session, before, after, isStale: stale.has(write) });
    if (session === undefined || write.how === 'undo' || !chosen.has(write.seq)) continue;
    const change = lineChange(before, after);
    followed.push({ write, session, change, made: after, isThere: true, by: undefined });
  }
  const last = writes.at(-1);
  if (last === undefined) return { lost: [], unknown };
  const { hash, bytes } = contentOf(join(last.checkout, last.path));
  const now = linesIn(bytes);
  if (now === 'unknown') return { lost: [], unknown: unknown + followed.length };
  const lost = followed.flatMap((each) =>
    each.by === undefined || stands(each, now, hash) ? [] : [{ write: each.write, by: each.by }],
  );
  return { lost, unknown };
}

/** Writes that started from what the file had been earlier: whatever had come in between went. */
function staleIn(writes: readonly Write[]): Set<Write> {
  const known = new Set<string>();
  const stale = new Set<Write>();
  for (const [index, write] of writes.entries()) {
    const last = writes[index - 1];
    if (last !== undefined && last.after !== write.before && known.has(write.before)) stale.add(write);
    for (const hash of [write.before, write.after]) known.add(hash);
  }
  return stale;
}

interface Next {
  write: Write;
  session: string | undefined;
  before: Lines;
  after: Lines;
  isStale: boolean;
}

/** What was taken back by `undo` is not lost: somebody wanted it so. */
function follow(each: Followed, { write, session, before, after, isStale }: Next): void {
  const wasThere = stands(each, before, write.before) || (isStale && each.isThere);
  each.isThere = stands(each, after, write.after);
  const isOwn = session === undefined || session === each.session || write.how === 'undo';
  if (each.isThere) each.by = undefined;
  else if (wasThere) each.by = isOwn ? undefined : write;
}

function stands({ write, change, made }: Followed, lines: Lines, hash: string): boolean {
  return hash === write.after || !isTakenBack(change, made, lines);
}

function keptLines({ sheetFolder }: Guard, hash: string): Lines | 'unknown' {
  return linesIn(readBlob(sheetFolder, hash));
}

function linesIn(content: Buffer | undefined): Lines | 'unknown' {
  return content === undefined || content.length > LARGEST_BYTES ? 'unknown' : linesOf(content);
}
