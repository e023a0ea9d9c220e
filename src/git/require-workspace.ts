import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { CallsheetError } from '../error/index.js';
import type { GitContext } from './context.js';
import { locateRepository, type Located } from './locate-repository.js';
import { readIfThere } from './read-ref.js';

type Place = Pick<GitContext, 'root' | 'commonDir'>;

/**
 * Makes sure that a folder is the top of a checkout of this repository, and of its own. Where an agent has deleted
 * the `.git` of its workspace, git would go up and change whatever repository it finds around it; where it has put a
 * link or another checkout's `.git` in its place, git would change that one.
 */
export function requireWorkspace(context: Place, workspace: string): Located {
  const located = locateRepository(workspace);
  const isTop = located?.hasCheckout === true && located.root === realpathSync(workspace);
  if (isTop && located.commonDir === context.commonDir && isItsOwn(context, workspace, located))
    return located;
  const state = existsSync(workspace) ? 'is not (or no longer) a checkout' : 'is gone; it was a checkout';
  throw new CallsheetError(
    'NOT_A_WORKSPACE',
    `${workspace} ${state} of ${context.root}, so nothing was done there.`,
    {
      hint: 'If its .git was deleted, `git worktree repair` in the main checkout makes it anew.',
    },
  );
}

function isItsOwn({ root }: Place, workspace: string, { gitDir, commonDir }: Located): boolean {
  if (lstatSync(workspace).isSymbolicLink()) return false;
  const dotGit = join(workspace, '.git');
  // The main checkout has its repository inside; elsewhere only when git was told so (`--separate-git-dir`).
  if (gitDir === commonDir) return lstatSync(dotGit).isDirectory() || realpathSync(workspace) === root;
  const back = dirname(readIfThere(join(gitDir, 'gitdir')));
  return existsSync(back) && realpathSync(back) === realpathSync(workspace);
}
