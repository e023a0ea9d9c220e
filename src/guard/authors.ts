import { readBlob } from '../blob/index.js';
import type { Reader } from '../store/index.js';
import type { Write } from '../write/index.js';
import type { Guard } from './guard.js';
import {
  butLayout,
  exactly,
  isReordered,
  lineCounts,
  moreIn,
  sumOf,
  takeOut,
  tellingLines,
} from './line-counts.js';
import type { Place } from './look.js';
import { sinceCommitted, type Side } from './since-committed.js';

/** By whom a content of a file has come to differ from what is committed. */
export interface Authors {
  /** The newest write of each agent that has brought lines which the one has and the other has not, or taken lines out. */
  writes: Write[];
  /** The write that brought a committed file to a name that it has not in the commit. */
  mover: Write | undefined;
  /** The newest write that an agent is known to have made since the file was as it is committed. */
  last: Write | undefined;
}

/**
 * Whose work a content is beside what is committed. A line is that of whoever was the last to bring it, so an agent's
 * work stands as long as a line of it does, whoever has written or moved the file since.
 */
export async function authorsOf(
  guard: Guard,
  reader: Reader,
  place: Place,
  { committed, now }: { committed: Side; now: Side },
): Promise<Authors> {
  if (committed.hash === now.hash) return { writes: [], mover: undefined, last: undefined };
  const { writes, mover, base } = await sinceCommitted(guard, reader, place, committed);
  if (base.hash === now.hash) return { writes: [], mover, last: undefined };
  return { writes: ofLines(guard, { committed: base, now }, writes), mover, last: writes[0] };
}

/** Of some writes those by which lines differ from what is committed; none where no lines can be compared. */
function ofLines(
  { sheetFolder }: Guard,
  { committed, now }: { committed: Side; now: Side },
  writes: readonly Write[],
): Write[] {
  if (committed.bytes === undefined || now.bytes === undefined) return [];
  if (committed.bytes.includes(0) || now.bytes.includes(0)) return [];
  const changes = writes.map((write): Change => ({
    write,
    before: readBlob(sheetFolder, write.before),
    after: readBlob(sheetFolder, write.after),
  }));
  return attributed(committed.bytes, now.bytes, changes);
}

interface Change {
  write: Write;
  before: Buffer | undefined;
  after: Buffer | undefined;
}

/** Lines as they are first; then those that nobody brought so, but for what a formatter has made of them; then their order. */
function attributed(committed: Buffer, now: Buffer, changes: readonly Change[]): Write[] {
  const found = new Map<string, Write>();
  const [was, is] = [lineCounts(committed, exactly), lineCounts(now, exactly)];
  const pending = { brought: tellingLines(moreIn(is, was)), taken: tellingLines(moreIn(was, is)) };
  claim(pending, changes, exactly, found);
  const bare = {
    brought: lineCounts(linesOf(pending.brought), butLayout),
    taken: lineCounts(linesOf(pending.taken), butLayout),
  };
  claim({ brought: new Map(bare.brought), taken: new Map(bare.taken) }, changes, butLayout, found);
  if (isReordered(committed, now)) claimOrder(changes, found);
  return [...found.values()].sort((one, other) => other.seq - one.seq);
}

interface Pending {
  brought: Map<string, number>;
  taken: Map<string, number>;
}

function claim(
  pending: Pending,
  changes: readonly Change[],
  key: typeof exactly,
  found: Map<string, Write>,
): void {
  for (const { write, before, after } of changes) {
    if (pending.brought.size + pending.taken.size === 0) return;
    if (isPartOf(pending, before, after, key) && !found.has(write.agentId ?? ''))
      found.set(write.agentId ?? '', write);
  }
}

/** That lines stand in another order is the work of all who have put lines in another order since. */
function claimOrder(changes: readonly Change[], found: Map<string, Write>): void {
  for (const { write, before, after } of changes) {
    if (found.has(write.agentId ?? '')) continue;
    if (before === undefined || after === undefined || isReordered(before, after))
      found.set(write.agentId ?? '', write);
  }
}

/** Where a write replaced lines, those that it brought stand for it; else those that it took. */
function isPartOf(
  pending: Pending,
  before: Buffer | undefined,
  after: Buffer | undefined,
  key: typeof exactly,
): boolean {
  // What is not kept may have been anything.
  if (before === undefined || after === undefined) return true;
  const [was, is] = [lineCounts(before, key), lineCounts(after, key)];
  const [brought, taken] = [moreIn(is, was), moreIn(was, is)];
  const isCut = sumOf(taken) > sumOf(brought);
  const [hasBrought, hasTaken] = [takeOut(pending.brought, brought), takeOut(pending.taken, taken)];
  return hasBrought || (hasTaken && isCut);
}

function linesOf(counts: ReadonlyMap<string, number>): Buffer {
  return Buffer.from([...counts].flatMap(([line, count]) => Array<string>(count).fill(line)).join('\n'));
}
