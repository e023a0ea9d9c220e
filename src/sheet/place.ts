import { existsSync, statfsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CallsheetError, messageOf, usageError } from '../error/index.js';
import { readSmall, requireOwnFolder, textOf, type OwnKind } from '../file/index.js';

/** The sheet's folder: one per repository, whatever worktree asks. `git clean -fdx` cannot take it. */
export function sheetFolder(commonDir: string): string {
  return join(commonDir, 'callsheet');
}

// What would be used otherwise than it was made for. The database and its pointer have errors of their own.
const OWN_FOLDERS: ReadonlySet<string> = new Set(['bin', 'blobs', 'init', 'logs', 'made', 'sessions', 'tmp']);
const OWN_FILES: ReadonlySet<string> = new Set(['git.lock', 'scratch', 'server', 'wake']);

const kindOf: OwnKind = (name) =>
  OWN_FOLDERS.has(name) ? 'folder' : OWN_FILES.has(name) ? 'file' : undefined;

/**
 * Links in the sheet's folder would be followed when it is written, and opening a pipe waits for ever.
 * @throws {CallsheetError} `SHEET_FOLDER` naming what is in the way.
 */
export function requireSheetFolder(commonDir: string): void {
  requireOwnFolder(sheetFolder(commonDir), kindOf);
}

/**
 * Where the sheet's database is: `CALLSHEET_STORE`, else the pointer `store` in the sheet's folder, else `sheet.db` there.
 * @throws {CallsheetError} `STORE_URL` for an address that is not `sqlite:PATH`.
 */
export function storeFile(commonDir: string, env: NodeJS.ProcessEnv): string {
  const pointer = join(sheetFolder(commonDir), 'store');
  const url = env['CALLSHEET_STORE'] ?? (existsSync(pointer) ? pointerIn(pointer) : undefined);
  if (url === undefined || url === '') return join(sheetFolder(commonDir), 'sheet.db');
  const path = /^sqlite:(.+)$/s.exec(url)?.[1];
  if (path === undefined || !isAbsolute(path) || path.includes('\0')) {
    throw usageError(
      'STORE_URL',
      `“${url.slice(0, 100)}” is no store that this version can open. Nothing was changed.`,
      'Write sqlite:/absolute/path/to/sheet.db',
    );
  }
  return path;
}

const LONGEST_POINTER_BYTES = 4_096;

function pointerIn(file: string): string {
  try {
    return textOf(readSmall(file, LONGEST_POINTER_BYTES)).trim();
  } catch (error) {
    throw usageError(
      'STORE_URL',
      `The pointer to the sheet, ${file}, cannot be read: ${messageOf(error)}. Nothing was changed.`,
      'Write sqlite:/absolute/path/to/sheet.db into it, or delete it.',
    );
  }
}

// Magic numbers of statfs(2) for network file systems, on which SQLite's locks do not hold. https://sqlite.org/faq.html#q5
const WITHOUT_LOCKS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
]);

/** @throws {CallsheetError} `STORE_FILE_SYSTEM` when the file would lie where locks do not work. */
export function requireWorkingLocks(file: string): void {
  const type = statfsSync(existing(dirname(file))).type;
  const name = WITHOUT_LOCKS.get(type >>> 0);
  if (name === undefined) return;
  throw new CallsheetError(
    'STORE_FILE_SYSTEM',
    `The sheet ${file} would lie on ${name}, where file locks do not hold between processes. Nothing was changed.`,
    {
      hint: 'Put it on a local disk: export CALLSHEET_STORE=sqlite:/local/path/sheet.db',
    },
  );
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}
