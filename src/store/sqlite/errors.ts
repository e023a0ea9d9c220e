import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CallsheetError, errorCode, messageOf } from '../../error/index.js';
import { isOutOfSpace } from '../../process/index.js';
import { writerOf } from './writer.js';

// Primary result codes of SQLite, the low byte of an extended code. https://sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** True for whatever SQLite itself reports. */
export function isOfSqlite(error: unknown): boolean {
  return resultCode(error) !== undefined;
}

/** True when another process holds the lock and trying again can work. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

// What the file system says before SQLite is asked, in SQLite's words.
const FILE_ERRORS: Readonly<Record<string, number>> = {
  EACCES: READONLY,
  EPERM: READONLY,
  EROFS: READONLY,
  ENOSPC: FULL,
  EDQUOT: FULL,
  ENOTDIR: CANTOPEN,
  EEXIST: CANTOPEN,
  ENOENT: CANTOPEN,
  ELOOP: CANTOPEN,
  ENAMETOOLONG: CANTOPEN,
};

function readOnly(file: string, cause: unknown): CallsheetError {
  return new CallsheetError('STORE_READONLY', `The sheet ${file} cannot be written. Nothing was changed.`, {
    hint: 'Give your user write permission on the file and its folder; a file system that is mounted read-only must be mounted anew.',
    cause,
  });
}

function mayWrite(...paths: string[]): boolean {
  try {
    for (const path of paths) accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

function full(file: string, cause: unknown): CallsheetError {
  return new CallsheetError('STORE_FULL', `The disk of the sheet ${file} is full. Nothing was written.`, {
    hint: 'Free some space (`callsheet clean` removes finished workspaces), then try again; a run goes on with callsheet resume.',
    cause,
  });
}

function busy(file: string, cause: unknown): CallsheetError {
  const { who, way, data } = lockedBy(file);
  return new CallsheetError('STORE_BUSY', `The sheet ${file} stayed locked by ${who}. Nothing was written.`, {
    hint: `${way} Then try again.`,
    cause,
    ...(data === undefined ? {} : { data }),
  });
}

/** Who keeps a sheet locked, in words, and what a person can do about it. */
export function lockedBy(file: string): { who: string; way: string; data?: { pid: number } } {
  const writer = writerOf(file);
  if (writer === undefined)
    return {
      who: 'another process',
      way: 'A stopped process may hold it (`fuser` on the file names it): let it go on, or end it.',
    };
  const { pid, isStopped } = writer;
  const who = `process ${pid}`;
  return isStopped
    ? {
        who: `${who}, which is stopped`,
        way: `Let it go on (kill -CONT ${pid}), or end it (kill -KILL ${pid}).`,
        data: { pid },
      }
    : { who, way: `Look at it (ps -fp ${pid}): wait for its end, or end it (kill ${pid}).`, data: { pid } };
}

/** Turns what SQLite says of its surroundings into an error that a person can act on; other errors pass. */
export function explained(error: unknown, file: string): unknown {
  const said = messageOf(error);
  switch (resultCode(error) ?? FILE_ERRORS[errorCode(error) ?? '']) {
    case BUSY:
    case LOCKED:
      return busy(file, error);
    case READONLY:
      return readOnly(file, error);
    case FULL:
      return full(file, error);
    case IOERR:
    case CANTOPEN:
      // SQLite has no words for why it cannot make or grow a file beside the database.
      if (isOutOfSpace(dirname(file))) return full(file, error);
      if (existsSync(file) && !mayWrite(file, dirname(file))) return readOnly(file, error);
      return new CallsheetError(
        'STORE_UNREACHABLE',
        `The sheet ${file} cannot be opened or read (${said}).`,
        {
          hint: 'Check the folder, its permissions and the disk.',
          cause: error,
        },
      );
    case CORRUPT:
    case NOTADB:
      return new CallsheetError(
        'STORE_CORRUPT',
        `The sheet ${file} is damaged (${said}). Nothing was written.`,
        {
          exit: 'failed',
          hint: 'Move the file away and keep it; branches and snapshots are in git under refs/callsheet/.',
          cause: error,
        },
      );
    default:
      return error;
  }
}
