import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CallsheetError, errorCode } from '../error/index.js';
import { handlePath } from './open-file.js';

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/** Somebody has put something else where callsheet keeps a file or folder of its own. */
export function inTheWay(path: string): CallsheetError {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return new CallsheetError(
    'SHEET_FOLDER',
    `${path}, which callsheet keeps for itself, is ${nameOf(stats)}. Nothing was written there.`,
    {
      hint: `Move it away, then give the same command again. The sheet lies elsewhere with CALLSHEET_STORE=sqlite:/absolute/path/sheet.db`,
    },
  );
}

function nameOf(stats: Stats | undefined): string {
  if (stats === undefined) return 'gone again';
  if (stats.isSymbolicLink()) return 'a link';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFile()) return 'a file';
  return stats.isFIFO() ? 'a pipe' : 'a socket or a device';
}

/**
 * Opens a file that callsheet keeps for itself. Neither the file nor its folder may be a link, and nothing is waited
 * for: whatever stands there instead is refused before it is read or written.
 * @throws {CallsheetError} `SHEET_FOLDER`; the errors of open(2).
 */
export function openOwnFile(path: string, flags: number): number {
  const folder = refusing(dirname(path), () => openSync(dirname(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  try {
    const inside = join(handlePath({ fd: folder }, dirname(path)), basename(path));
    return refusing(path, () => openRegular(inside, flags));
  } finally {
    closeSync(folder);
  }
}

/** {@link openOwnFile} in a folder that a person has named, and that may be a link. */
export function openOwnFileAt(path: string, flags: number): number {
  return refusing(path, () => openRegular(path, flags));
}

/**
 * Writes a file that callsheet keeps for itself, as {@link openOwnFile} opens it. Its folder is made when it is missing.
 * @throws {CallsheetError} `SHEET_FOLDER`; the errors of mkdir(2), open(2) and write(2).
 */
export function writeOwnFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openOwnFile(path, O_WRONLY | O_CREAT | O_TRUNC);
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

function openRegular(path: string, flags: number): number {
  const descriptor = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new Strange();
}

function refusing(path: string, open: () => number): number {
  try {
    return open();
  } catch (error) {
    throw isStrange(error) ? inTheWay(path) : error;
  }
}

/** Opened, and no file. */
class Strange extends Error {}

// A link; no folder; a folder to write in; a pipe that nobody reads, a socket or a device that is none.
const OF_STRANGE_FILES = ['ELOOP', 'EMLINK', 'ENOTDIR', 'EISDIR', 'ENXIO', 'ENODEV'];

function isStrange(error: unknown): boolean {
  return error instanceof Strange || OF_STRANGE_FILES.includes(errorCode(error) ?? '');
}

/** What an entry of a folder must be, by its name; undefined: either. */
export type OwnKind = (name: string) => 'folder' | 'file' | undefined;

/**
 * Looks whether a folder that callsheet keeps for itself is one, and holds what it should: no link, pipe or device, no
 * file where a folder belongs. One that is not there, or cannot be read, is left to whoever uses it.
 * @throws {CallsheetError} `SHEET_FOLDER`, naming the first thing that is wrong.
 */
export function requireOwnFolder(folder: string, kindOf: OwnKind): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) throw inTheWay(folder);
  for (const entry of entriesOf(folder)) {
    const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'strange';
    if (kind !== (kindOf(entry.name) ?? kind) || kind === 'strange') throw inTheWay(join(folder, entry.name));
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}
