import { CallsheetError, errorCode, messageOf } from '../../error/index.js';

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

/** Turns what SQLite says of its surroundings into an error that a person can act on; other errors pass. */
export function explained(error: unknown, file: string): unknown {
  const said = messageOf(error);
  switch (resultCode(error) ?? FILE_ERRORS[errorCode(error) ?? '']) {
    case BUSY:
    case LOCKED:
      return new CallsheetError(
        'STORE_BUSY',
        `The sheet ${file} stayed locked by another process. Nothing was written.`,
        {
          hint: 'Try again. A stopped process may hold it (on Linux, `fuser` on the file names it): let it go on, or end it.',
          cause: error,
        },
      );
    case READONLY:
      return new CallsheetError(
        'STORE_READONLY',
        `The sheet ${file} cannot be written. Nothing was changed.`,
        {
          hint: 'Give your user write permission on the file and its folder.',
          cause: error,
        },
      );
    case FULL:
      return new CallsheetError('STORE_FULL', `The disk of the sheet ${file} is full. Nothing was written.`, {
        hint: 'Free some space (`callsheet clean` removes finished workspaces), then try again.',
        cause: error,
      });
    case IOERR:
    case CANTOPEN:
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
