import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../error/index.js';

/**
 * Makes a folder and those above it. Node's own way never ends where the system says of a folder that is there that it
 * is not, as `/proc` does for whatever would be made in it.
 * @throws The error of mkdir(2) of the first that cannot be made.
 */
export function makeFolders(folder: string, mode?: number): void {
  if (tryToMake(folder, mode) || dirname(folder) === folder) return;
  makeFolders(dirname(folder), mode);
  // Somebody else may have made it meanwhile.
  tryToMake(folder, mode);
}

/** False when there is no folder to make it in. */
function tryToMake(folder: string, mode: number | undefined): boolean {
  // Most are there, and being told so by an error takes ten times as long as looking.
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return true;
  try {
    mkdirSync(folder, { mode });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(folder).isDirectory()) return true;
    if (errorCode(error) !== 'ENOENT' || isThere(dirname(folder))) throw error;
    return false;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
