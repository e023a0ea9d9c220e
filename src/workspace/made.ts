import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { errorCode } from '../error/index.js';
import { makeFolders, readSmall, writeOwnFile } from '../file/index.js';
import { scratchFolder, type RunPlace, type Site } from './site.js';

// A folder of the person's own may be where workspaces go, and may be empty: of each that is made here a mark is kept
// beside the sheet, and none without a mark is taken away.

const LONGEST_MARK_BYTES = 200;
const MOST_TRIES = 5;

// Gone already, in use, a disk of its own that is mounted there, or a folder that others have closed to us.
const IN_NOBODYS_WAY = ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY', 'EACCES', 'EPERM', 'EROFS'];

/** Where a run works, and where it is written down which folders it made. */
export type MadePlace = RunPlace & Pick<Site, 'sheetFolder'>;

/** Makes a folder of a run (at or below its folder for workspaces), and those above it. */
export function makeFolderOfRun(place: MadePlace, folder: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      return makeAll(place, folder);
    } catch (error) {
      // Another run that ends takes away what is empty, also between two of these steps.
      if (errorCode(error) !== 'ENOENT' || tries >= MOST_TRIES) throw error;
    }
  }
}

function makeAll({ run, sheetFolder }: MadePlace, folder: string): void {
  const { workspaces } = run.options;
  makeFolders(dirname(workspaces));
  const below = relative(workspaces, folder).split(sep);
  for (let depth = 0; depth <= below.length; depth += 1) {
    const path = join(workspaces, ...below.slice(0, depth));
    if (isMade(path)) writeOwnFile(markOf(sheetFolder, path), identityOf(path) ?? '');
  }
}

/** The folder that all agents of a run share, made when it is missing. */
export function makeScratchOfRun(place: MadePlace): string {
  const folder = scratchFolder(place);
  makeFolderOfRun(place, folder);
  return folder;
}

/** Takes a folder away when it is empty, and the very one that {@link makeFolderOfRun} made; never what a link leads to. */
export function removeFolderOfRun(sheetFolder: string, folder: string): void {
  const mark = markOf(sheetFolder, folder);
  const made = readMark(mark);
  if (made === undefined) return;
  try {
    if (identityOf(folder) === made) rmdirSync(folder);
    rmSync(mark, { force: true });
  } catch (error) {
    if (!IN_NOBODYS_WAY.includes(errorCode(error) ?? '')) throw error;
  }
}

/** False when it is there already. */
function isMade(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(folder).isDirectory()) return false;
    throw error;
  }
}

function markOf(sheetFolder: string, folder: string): string {
  return join(sheetFolder, 'made', createHash('sha256').update(folder).digest('hex').slice(0, 32));
}

function readMark(mark: string): string | undefined {
  try {
    return readSmall(mark, LONGEST_MARK_BYTES, { followLink: false }).toString('latin1');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Tells a folder from another that has since been made under its name. */
function identityOf(folder: string): string | undefined {
  const stats = lstatSync(folder, { bigint: true, throwIfNoEntry: false });
  return stats?.isDirectory() === true ? `${stats.ino} ${stats.birthtimeNs}` : undefined;
}
