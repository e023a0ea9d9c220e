import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';
import type { Located } from './locate-repository.js';
import { isObjectId } from './object-id.js';

/**
 * What HEAD says: a branch, a commit, or both. Reading the files takes a twentieth of a call of git; the commit is
 * undefined where they do not tell (packed refs, other ways to store refs, no commit yet), and git has to be asked.
 */
export function readHead({ gitDir, commonDir }: Located): {
  isOnBranch: boolean;
  commit: string | undefined;
} {
  const head = readIfThere(join(gitDir, 'HEAD'));
  const branch = /^ref: (refs\/heads\/.+)$/.exec(head)?.[1];
  const commit = branch === undefined ? head : readIfThere(join(commonDir, branch));
  return { isOnBranch: head.startsWith('ref:'), commit: isObjectId(commit) ? commit : undefined };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    // A branch that is a folder of other branches (`a` beside `a/b`) does not exist.
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '')) throw error;
    return '';
  }
}
