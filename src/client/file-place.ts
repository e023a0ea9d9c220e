import { randomBytes } from 'node:crypto';
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { chmod, open, rename, rm, rmdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { CallsheetError, errorCode, messageOf, usageError } from '../error/index.js';
import { readSmall } from '../file/index.js';
import { atPathInside, insideRepository } from '../git/index.js';

/** A file below a folder that it must not lead out of; `path` is relative, with `/` between folders. */
export interface FilePlace {
  base: string;
  path: string;
}

export interface FoundFile {
  /** Undefined where there is none. */
  bytes: Buffer | undefined;
  /** Its permissions; those of a new file where there is none. */
  mode: number;
}

const MOST_BYTES = 1024 * 1024;
const NEW_FILE_MODE = 0o644;
const CANNOT_WRITE = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'];

export function fullPath({ base, path }: FilePlace): string {
  return join(base, path);
}

/**
 * What is in a file that others can have put there.
 * @throws {CallsheetError} `PATH_OUTSIDE` when a link leads out of its folder, `SETTINGS_UNREADABLE` when it is no
 * regular file, has over 1 MB, or cannot be read, and when its folder is not there.
 */
export function readPlace(place: FilePlace): FoundFile {
  const path = realPath(place);
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined)
      return { bytes: undefined, mode: NEW_FILE_MODE };
    const bytes = readSmall(path, MOST_BYTES, { followLink: false });
    return { bytes, mode: statSync(path).mode & 0o777 };
  } catch (error) {
    throw unreadable(place, messageOf(error));
  }
}

/** The folders above a file, within its place, that are not there. Outermost first. */
export function missingFolders({ base, path }: FilePlace): string[] {
  const names = path.split('/').slice(0, -1);
  const folders = names.map((_, at) => join(base, ...names.slice(0, at + 1)));
  return folders.filter((folder) => statSync(folder, { throwIfNoEntry: false }) === undefined);
}

/**
 * Puts a whole file in the place of what is there, at once and following no link; makes its folders.
 * @throws {CallsheetError} `PATH_OUTSIDE`, `SETTINGS_UNWRITABLE`.
 */
export async function replacePlace(place: FilePlace, bytes: Buffer, mode: number): Promise<void> {
  await written(place, () =>
    atPathInside(place.base, realWithin(place), async (target) => {
      const beside = `${target}.callsheet-${process.pid}-${randomBytes(4).toString('hex')}`;
      try {
        await writeNew(beside, bytes, mode);
        await rename(beside, target);
      } catch (error) {
        await rm(beside, { force: true });
        throw error;
      }
    }),
  );
}

/** Removes a file, and those of the folders that are empty then. @throws as {@link replacePlace}. */
export async function removePlace(place: FilePlace, folders: readonly string[]): Promise<void> {
  await written(place, () =>
    atPathInside(place.base, realWithin(place), (target) => rm(target, { force: true })),
  );
  for (const folder of [...folders].reverse()) await removeEmpty(folder);
}

async function writeNew(path: string, bytes: Buffer, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // The mode of a new file is without what the umask takes away.
  if (mode !== NEW_FILE_MODE) await chmod(path, mode);
}

async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    // Somebody has put something there, or has removed it.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error;
  }
}

async function written(place: FilePlace, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!CANNOT_WRITE.includes(errorCode(error) ?? '')) throw error;
    throw usageError(
      'SETTINGS_UNWRITABLE',
      `${fullPath(place)} was not written: ${messageOf(error)}. Nothing was changed.`,
      'See who owns it and its folder, and whether it may be written.',
    );
  }
}

/** The file itself, when the place is a link to it that stays inside. */
function realPath(place: FilePlace): string {
  const inside = realWithin(place);
  return join(realpathSync(place.base), inside);
}

function realWithin(place: FilePlace): string {
  try {
    const base = realpathSync(place.base);
    const inside = insideRepository(base, place.path);
    const path = join(base, inside);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return inside;
    return relative(base, realpathSync(path)).split(sep).join('/');
  } catch (error) {
    const why = messageOf(error);
    if (error instanceof CallsheetError)
      throw usageError(
        'PATH_OUTSIDE',
        `${fullPath(place)} is not used. ${why} Nothing was changed.`,
        error.hint,
      );
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes(errorCode(error) ?? ''))
      throw unreadable(place, why);
    throw error;
  }
}

function unreadable(place: FilePlace, why: string): Error {
  return usageError(
    'SETTINGS_UNREADABLE',
    `${fullPath(place)} was not read: ${why}. Nothing was changed.`,
    'Make it a regular file of at most 1 MB in a folder of yours, or move it away.',
  );
}
