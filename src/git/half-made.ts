import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { errorCode } from '../error/index.js';
import { canonicalPath } from './canonical-path.js';
import { readIfThere } from './read-ref.js';

/** What git writes into `locked` while it makes a worktree, so that nobody prunes it. */
const BEING_MADE = 'initializing';

/**
 * The registration of a worktree whose `git worktree add` was killed: git had locked it and written no file yet but
 * `.git`, so there is nothing in it. Undefined for every other. Whoever asks has seen to it that no git is at work there.
 * @see `add_worktree` in git's `builtin/worktree.c`
 */
export function halfMade(commonDir: string, path: string): string | undefined {
  if (filesIn(path).some((name) => name !== '.git')) return undefined;
  const registrations = join(commonDir, 'worktrees');
  const link = join(canonicalPath(path), '.git');
  return filesIn(registrations)
    .map((name) => join(registrations, name))
    .find((registration) => {
      if (readIfThere(join(registration, 'locked')) !== BEING_MADE) return false;
      // The first that git writes is the lock: whose it is only its name says then.
      if (!existsSync(join(registration, 'gitdir'))) return basename(registration) === basename(path);
      return readIfThere(join(registration, 'gitdir')) === link;
    });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error;
    return [];
  }
}
