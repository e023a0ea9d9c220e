import { existsSync, realpathSync } from 'node:fs';

import { CallsheetError } from '../error/index.js';
import type { GitContext } from './context.js';
import { locateRepository, type Located } from './locate-repository.js';

/**
 * Makes sure that a folder is the top of a checkout of this repository. Where an agent has deleted the `.git` of
 * its workspace, git would go up and change whatever repository it finds around it.
 */
export function requireWorkspace(context: GitContext, workspace: string): Located {
  const located = locateRepository(workspace);
  const isTop = located?.hasCheckout === true && located.root === realpathSync(workspace);
  if (isTop && located.commonDir === context.commonDir) return located;
  const state = existsSync(workspace) ? 'is not (or no longer) a checkout' : 'is gone; it was a checkout';
  throw new CallsheetError(
    'NOT_A_WORKSPACE',
    `${workspace} ${state} of ${context.root}, so nothing was done there.`,
    {
      hint: 'If its .git was deleted, `git worktree repair` in the main checkout makes it anew.',
    },
  );
}
