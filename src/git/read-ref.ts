import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';
import { isObjectId } from './object-id.js';
import type { CommitId } from './repository.js';

/**
 * The commit of a branch, or of a ref of ours, as git's files tell; null when there is no such ref. Reading them takes
 * a twentieth of a call of git; undefined where they do not tell (a ref that points at another one, other ways to
 * store refs), and git has to be asked.
 * @see https://git-scm.com/docs/gitrepository-layout
 */
export function readRef(commonDir: string, ref: string): CommitId | null | undefined {
  // Only these always name commits: a tag would have to be peeled.
  if (!/^refs\/(?:heads|callsheet)\/./.test(ref)) return undefined;
  const file = join(commonDir, ref);
  const content = readIfThere(file);
  if (isObjectId(content)) return content;
  // A power cut can leave an empty file; a folder holds other refs.
  const isUnclear = existsSync(file) && !statSync(file).isDirectory();
  if (isUnclear || existsSync(join(commonDir, 'reftable'))) return undefined;
  // In this order: git writes a ref there before it deletes its file.
  return packedRef(commonDir, ref);
}

function packedRef(commonDir: string, ref: string): CommitId | null | undefined {
  const packed = `\n${readIfThere(join(commonDir, 'packed-refs'))}\n`;
  const end = packed.indexOf(` ${ref}\n`);
  if (end === -1) return null;
  const id = packed.slice(packed.lastIndexOf('\n', end) + 1, end);
  return isObjectId(id) ? id : undefined;
}

/** A small file of git without its last line end; nothing when it is not there. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    // A branch that is a folder of other branches (`a` beside `a/b`) does not exist.
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '')) throw error;
    return '';
  }
}
