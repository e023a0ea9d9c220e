import { keepBlob, readBlob } from '../blob/index.js';
import { findSeen, recordSeen, type Seen } from '../read/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { lastWriteOf, movedFrom, noteFile, writesOf, type Write } from '../write/index.js';
import { LOOK_AGAIN, type Content } from './content.js';
import type { Guard } from './guard.js';
import { lineChanges, LONGEST_DIFF, type LineChanges } from './line-changes.js';

/** A file of a checkout. */
export interface Place {
  checkout: string;
  path: string;
}

/** What an agent knows of a file, beside what is there. */
export interface Picture {
  seen?: Seen;
  /** Reads what it has seen; undefined where that is not kept any more. */
  bytes: () => Buffer | undefined;
  /** Who has written the file since, oldest first; where nothing was seen, all who have. */
  since: Write[];
}

export async function pictureOf(
  { sheetFolder }: Guard,
  reader: Reader,
  agentId: string,
  { checkout, path }: Place,
): Promise<Picture> {
  const seen = await findSeen(reader, { agentId, checkout }, path);
  if (seen === undefined)
    return { since: await writesOf(reader, { checkout, path }, 0), bytes: () => undefined };
  const since = await writesSince(reader, { checkout, path }, seen.writeSeq);
  return { seen, since, bytes: () => readBlob(sheetFolder, seen.hash) };
}

/** Also those of the file from which this one was moved meanwhile. */
async function writesSince(reader: Reader, place: Place, seq: number): Promise<Write[]> {
  const since: Write[] = [];
  for (const write of await writesOf(reader, place, seq)) {
    const source = await movedFrom(reader, write);
    if (source !== undefined)
      since.push(...(await writesOf(reader, source, seq)).filter((each) => each.seq < source.seq));
    since.push(write);
  }
  return since;
}

/** The newest write since that another registered agent is known to have made. */
export function byOther(since: readonly Write[], agentId: string): Write | undefined {
  return since.findLast(
    ({ agentId: writer, how }) => writer !== undefined && writer !== agentId && how !== 'meanwhile',
  );
}

/** What has changed from what an agent saw to what is there; undefined where that cannot be told as text. */
export function changesIn(
  picture: Picture,
  current: Content,
  maxChars = LONGEST_DIFF,
): LineChanges | undefined {
  const before = current.bytes && picture.bytes();
  return before && current.bytes && lineChanges(before, current.bytes, maxChars);
}

/** Notes how a file is: from now on a look at its stamp tells whether it has to be read again. */
export async function noteContent(
  tx: Transaction,
  { checkout, path }: Place,
  { hash, stamp, isFresh }: Content,
): Promise<void> {
  await noteFile(tx, { checkout, path, hash, stamp: isFresh ? LOOK_AGAIN : stamp });
}

/** From now on the agent knows the file as it is: all of it, or a part. */
export async function haveSeen(
  guard: Guard,
  tx: Transaction,
  agentId: string,
  place: Place,
  { content, whole }: { content: Content; whole: boolean },
): Promise<void> {
  const { checkout, path } = place;
  if (content.bytes !== undefined && content.hash !== '')
    keepBlob(guard.sheetFolder, content.hash, content.bytes);
  const writeSeq = await lastWriteOf(tx, checkout, path);
  await recordSeen(tx, { agentId, checkout }, { path, hash: content.hash, whole, writeSeq });
  await noteContent(tx, place, content);
}
