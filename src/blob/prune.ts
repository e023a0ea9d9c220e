import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorCode } from '../error/index.js';
import { hashesSeenNow } from '../read/index.js';
import type { Reader, Store } from '../store/index.js';
import { hashesOfOpenCalls } from '../write/index.js';
import { blobFolder } from './blob.js';

export interface PruneOptions {
  /** Contents that nobody has used for longer go. Milliseconds; default 30 days. */
  maxAgeMs?: number;
  /** Of the rest the oldest go until no more than this is left. Default 500 MB. */
  maxBytes?: number;
  /** Only says what would go. */
  dryRun?: boolean;
  /** By the clock of the file system. Default now. */
  nowMs?: number;
}

export interface Pruned {
  /** How many contents are gone. */
  files: number;
  bytes: number;
}

interface Kept {
  file: string;
  /** Empty for what a killed process has left half written. */
  hash: string;
  bytes: number;
  usedMs: number;
}

const DAY_MS = 86_400_000;
const MAX_AGE_MS = 30 * DAY_MS;
const MAX_BYTES = 500_000_000;
const AT_ONCE = 200;

/**
 * Removes kept contents by the time of their last use and by their total size, oldest first, but never one that a live
 * agent has seen, or that a call under way needs.
 */
export async function pruneBlobs(
  store: Store,
  sheetFolder: string,
  { maxAgeMs = MAX_AGE_MS, maxBytes = MAX_BYTES, dryRun = false, nowMs = Date.now() }: PruneOptions = {},
): Promise<Pruned> {
  const kept = (await keptIn(blobFolder(sheetFolder))).sort((one, other) => one.usedMs - other.usedMs);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const inUse = await hashesInUse(store);
  const going = kept.filter((blob) => {
    const unusedMs = nowMs - blob.usedMs;
    const isTooMuch = unusedMs > maxAgeMs || total > maxBytes;
    // A content that is being written now is only beginning to be used.
    const goes = blob.hash === '' ? unusedMs > DAY_MS : isTooMuch && !inUse.has(blob.hash);
    if (goes) total -= blob.bytes;
    return goes;
  });
  const gone: Kept[] = dryRun ? going : [];
  for (let at = 0; !dryRun && at < going.length; at += AT_ONCE)
    gone.push(...(await othersFirst(() => removeAll(store, going.slice(at, at + AT_ONCE)))));
  return { files: gone.length, bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** In a transaction, because contents are kept in those that come to need them: nobody begins to meanwhile. */
async function removeAll(store: Store, going: readonly Kept[]): Promise<Kept[]> {
  return store.transaction(async (tx) => {
    const inUse = await hashesInUse(tx);
    return going.filter((blob) => {
      if (inUse.has(blob.hash) || statsOf(blob.file)?.usedMs !== blob.usedMs) return false;
      rmSync(blob.file, { force: true });
      return true;
    });
  });
}

async function hashesInUse(reader: Reader): Promise<Set<string>> {
  const hashes = new Set([...(await hashesSeenNow(reader)), ...(await hashesOfOpenCalls(reader))]);
  // That of a file that is not there: no content has it.
  hashes.delete('');
  return hashes;
}

async function keptIn(folder: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const start of namesIn(folder)) kept.push(...(await othersFirst(() => keptBelow(folder, start))));
  return kept;
}

function keptBelow(folder: string, start: string): Kept[] {
  return namesIn(join(folder, start)).flatMap((rest) => {
    const file = join(folder, start, rest);
    const stats = statsOf(file);
    const hash = /^[0-9a-f]{38,62}$/.test(rest) ? `${start}${rest}` : '';
    return stats === undefined ? [] : [{ file, hash, ...stats }];
  });
}

/** In a server, the hooks that came meanwhile are answered before. */
async function othersFirst<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  await nextTurn();
  return work();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw error;
  }
}

function statsOf(file: string): { bytes: number; usedMs: number } | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? { bytes: stats.size, usedMs: stats.mtimeMs } : undefined;
}
