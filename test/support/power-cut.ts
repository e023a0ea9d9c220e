import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

const WAL_HEADER = 32;
const FRAME_HEADER = 24;
/** Where the index of the log (`-shm`) says how much of it is in the database already. https://sqlite.org/walformat.html */
const CHECKPOINTED_AT = 96;
const CHECKPOINT_ATTEMPTED_AT = 128;

/**
 * Takes the last transactions of a sheet away that nobody has open, as a power cut does with `synchronous=normal`: the
 * write-ahead log is cut behind an earlier commit. What has been checkpointed is on the disk and stays.
 * @returns How many transactions are gone.
 */
export function cutCommits(file: string, wanted: number): number {
  const ends = commitEnds(file);
  const gone = Math.min(wanted, ends.length - 1);
  const end = ends[ends.length - 1 - gone];
  if (gone <= 0 || end === undefined) return 0;
  truncateSync(`${file}-wal`, end);
  rmSync(`${file}-shm`, { force: true });
  return gone;
}

/** Where the log can be cut: behind what is in the database already, and behind each commit after that. */
function commitEnds(file: string): number[] {
  if (!existsSync(`${file}-wal`)) return [];
  const wal = readFileSync(`${file}-wal`);
  if (wal.length < WAL_HEADER) return [];
  const frameSize = FRAME_HEADER + wal.readUInt32BE(8);
  const salts = wal.subarray(16, 24);
  const durable = checkpointed(file);
  const ends = durable === 0 ? [WAL_HEADER] : [];
  for (let frame = 1; WAL_HEADER + frame * frameSize <= wal.length; frame += 1) {
    const at = WAL_HEADER + (frame - 1) * frameSize;
    // Frames of before the log began anew.
    if (!wal.subarray(at + 8, at + 16).equals(salts)) break;
    const isCommit = wal.readUInt32BE(at + 4) !== 0;
    if (isCommit && frame >= durable) ends.push(at + frameSize);
  }
  return ends;
}

function checkpointed(file: string): number {
  if (!existsSync(`${file}-shm`)) return 0;
  const index = Buffer.alloc(136);
  const handle = openSync(`${file}-shm`, 'r');
  try {
    readSync(handle, index, 0, index.length, 0);
  } finally {
    closeSync(handle);
  }
  return Math.max(index.readUInt32LE(CHECKPOINTED_AT), index.readUInt32LE(CHECKPOINT_ATTEMPTED_AT));
}

/**
 * Looks into a copy of a sheet that nobody writes to. A connection of this process to the sheet itself would keep its
 * picture of the log alive until its statements are collected, and show it to the next connection after a power cut.
 */
export function lookAtCopy<T>(file: string, work: (copy: DatabaseSyncInstance) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-copy-'));
  const copy = join(folder, 'sheet.db');
  try {
    for (const part of ['', '-wal']) if (existsSync(file + part)) copyFileSync(file + part, copy + part);
    const sheet = new DatabaseSync(copy);
    try {
      return work(sheet);
    } finally {
      sheet.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
