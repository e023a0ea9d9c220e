import { join } from 'node:path';

import type { Located } from './locate-repository.js';
import { isObjectId } from './object-id.js';
import { readIfThere, readRef } from './read-ref.js';

/**
 * What HEAD says: a branch, a commit, or both. The commit is undefined where the files do not tell, and git has to be
 * asked.
 */
export function readHead({ gitDir, commonDir }: Located): {
  isOnBranch: boolean;
  /** Its name, when it is below `refs/heads/`. */
  branch: string | undefined;
  commit: string | undefined;
} {
  const head = readIfThere(join(gitDir, 'HEAD'));
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
  if (branch !== undefined) {
    return { isOnBranch: true, branch, commit: readRef(commonDir, `refs/heads/${branch}`) ?? undefined };
  }
  return { isOnBranch: head.startsWith('ref:'), branch, commit: isObjectId(head) ? head : undefined };
}
