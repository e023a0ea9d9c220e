import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, type BigIntStats } from 'node:fs';
import { isNothingThere } from '../file/index.js';
import { contentHash } from '../read/index.js';
import type { Reader } from '../store/index.js';
import { findKnownFile } from '../write/index.js';

/** The content of a file at one moment. */
export interface Content {
  hash: string;
  /** Changes whenever the file does, but for a write that comes within the same moment of the file system's clock. */
  stamp: string;
  /** The last write is so short ago that another could have left the same stamp. */
  isFresh: boolean;
  /** Absent for a file too large to be looked into: its hash is that of its stamp. */
  bytes?: Buffer;
}

/** No such file. */
const ABSENT: Content = { hash: '', stamp: '', isFresh: false, bytes: Buffer.alloc(0) };

const LARGEST_BYTES = 20_000_000n;

/** How often a file is looked at that is written at that moment. */
const MOST_LOOKS = 5;
/** A stamp that no file has: what is noted with it is looked at again. */
export const LOOK_AGAIN = '~';
/** Twice what a clock of a file system stands still at most on Linux; and of one that keeps whole seconds. */
const FRESH_MS = 20;
const COARSELY_FRESH_MS = 2_000;

/**
 * What a file of a checkout holds now. Where it is as it was when it was last looked at, that look says its hash: to hash
 * it takes a hook longer than all else that is asked of the file.
 */
export async function lookAtFile(reader: Reader, checkout: string, path: string): Promise<Content> {
  return contentOf(`${checkout}/${path}`, await findKnownFile(reader, checkout, path));
}

/**
 * What a path holds now; what is no regular file counts as absent: no tool of a client writes there.
 * @param known How it was when it was last looked at: its content is hashed only where something has changed since.
 */
export function contentOf(file: string, known?: Noted): Content {
  for (let looks = 1; ; looks += 1) {
    const look = lookAt(file);
    if (look === undefined) return ABSENT;
    if (looks === MOST_LOOKS || look.stamp !== LOOK_AGAIN) return { ...look, hash: hashOf(look, known) };
  }
}

/**
 * What was read before a transaction began, or what is there by now: in the sheet no look comes behind a later one. Where
 * it is fresh, what is there by now can have the same stamp, and is read again.
 */
export function upToDate(file: string, content?: Content): Content {
  return content?.isFresh === false && stampOf(file) === content.stamp ? content : contentOf(file);
}

type Look = Omit<Content, 'hash'>;
type Noted = Pick<Content, 'hash' | 'stamp'>;

function lookAt(file: string): Look | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isNothingThere(error)) return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    if (!stats.isFile()) return undefined;
    const stamp = stampFrom(stats);
    const isCoarse = stats.ctimeNs % 1_000_000_000n === 0n;
    const ageMs = Math.abs(Date.now() - Number(stats.ctimeNs / 1_000_000n));
    const isFresh = ageMs < (isCoarse ? COARSELY_FRESH_MS : FRESH_MS);
    if (stats.size > LARGEST_BYTES) return { stamp, isFresh };
    const bytes = readFileSync(descriptor);
    // It can be cut off, or written, while it is read.
    const isWhole = BigInt(bytes.length) === stats.size;
    const isSteady = isWhole && stampFrom(fstatSync(descriptor, { bigint: true })) === stamp;
    return { stamp: isSteady ? stamp : LOOK_AGAIN, isFresh, bytes };
  } finally {
    closeSync(descriptor);
  }
}

function hashOf({ bytes, stamp, isFresh }: Look, known: Noted | undefined): string {
  if (stamp === known?.stamp && stamp !== LOOK_AGAIN && !isFresh) return known.hash;
  return contentHash(bytes ?? Buffer.from(stamp), '');
}

/** The stamp of what a path holds now, without reading it. */
export function stampOf(file: string): string {
  const stats = statsOf(file);
  return stats?.isFile() === true ? stampFrom(stats) : '';
}

export function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() === true;
}

function statsOf(file: string): BigIntStats | undefined {
  try {
    // Throwing costs more than looking, and a file that has gone is nothing rare.
    return statSync(file, { throwIfNoEntry: false, bigint: true });
  } catch (error) {
    if (isNothingThere(error)) return undefined;
    throw error;
  }
}

function stampFrom({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${size}:${mtimeNs}:${ctimeNs}:${ino}`;
}
