import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../error/index.js';
import { inTheWay } from '../file/index.js';

/** A content of more bytes is not kept: what cannot be shown as a diff need not be. */
export const LARGEST_BLOB_BYTES = 5_000_000;

/**
 * Keeps a content under its hash, in the sheet's folder: what an agent has seen, and what was there before a write.
 * Costs nothing when it is there already.
 * @returns False when it is too large to be kept.
 * @throws {CallsheetError} `SHEET_FOLDER` rather than through a link.
 */
export function keepBlob(sheetFolder: string, hash: string, content: Buffer): boolean {
  if (content.length > LARGEST_BLOB_BYTES) return false;
  const file = fileOf(sheetFolder, hash);
  if (isKept(file)) return true;
  makeFolder(dirname(file));
  const part = `${file}.${process.pid}.part`;
  try {
    writeNew(part, content);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return true;
}

/** A kept content; undefined when it was too large, or has been pruned. */
export function readBlob(sheetFolder: string, hash: string): Buffer | undefined {
  if (hash === '') return Buffer.alloc(0);
  try {
    return readFileSync(fileOf(sheetFolder, hash));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function makeFolder(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined)
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (lstatSync(folder).isSymbolicLink()) throw inTheWay(folder);
}

function writeNew(file: string, content: Buffer): void {
  const write = (): void => writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
  try {
    write();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    // A killed process that had the same number has left it.
    unlinkSync(file);
    write();
  }
}

/** Pruning goes by the time of the last use, which this is. */
function isKept(file: string): boolean {
  // Most contents are new, and being told so by an error takes longer than looking.
  if (!existsSync(file)) return false;
  const now = new Date();
  try {
    utimesSync(file, now, now);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function fileOf(sheetFolder: string, hash: string): string {
  if (!/^[0-9a-f]{40,64}$/.test(hash)) throw new Error(`Not a hash: ${hash.slice(0, 80)}`);
  return join(blobFolder(sheetFolder), hash.slice(0, 2), hash.slice(2));
}

/** @internal */
export function blobFolder(sheetFolder: string): string {
  return join(sheetFolder, 'blobs');
}
