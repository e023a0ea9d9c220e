import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, type BigIntStats } from 'node:fs';
import { isNothingThere } from '../file/index.js';
import { contentHash } from '../read/index.js';

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
/** Twice what a clock of a file system stands still at most on Linux. */
const FRESH_MS = 20;

/** What a path holds now; what is no regular file counts as absent: no tool of a client writes there. */
export function contentOf(file: string): Content {
  for (let looks = 1; ; looks += 1) {
    const look = lookAt(file);
    if (look === undefined) return ABSENT;
    if (looks === MOST_LOOKS || look.stamp !== LOOK_AGAIN) return { ...look, hash: hashOf(look) };
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
    const isFresh = Math.abs(Date.now() - Number(stats.ctimeNs / 1_000_000n)) < FRESH_MS;
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

function hashOf({ bytes, stamp }: Look): string {
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
