import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';
import { isObjectId } from './object-id.js';
import type { CommitId } from './repository.js';

/**
 * The commit of a branch, or of a ref of ours, as its file tells. Reading it takes a twentieth of a call of git;
 * undefined where the file does not tell (packed refs, other ways to store refs, no such ref), and git has to be asked.
 */
export function readRef(commonDir: string, ref: string): CommitId | undefined {
  // Only these always name commits: a tag would have to be peeled.
  if (!/^refs\/(?:heads|callsheet)\/./.test(ref)) return undefined;
  const id = readIfThere(join(commonDir, ref));
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
