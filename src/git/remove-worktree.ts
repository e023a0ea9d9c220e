import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { CallsheetError } from '../error/index.js';
import { canonicalPath } from './canonical-path.js';
import type { GitContext } from './context.js';
import { locateRepository } from './locate-repository.js';
import { removeFolder } from './remove-folder.js';
import { runGit } from './run-git.js';
import { changeSharedState } from './shared-state.js';
import { listWorktrees } from './worktrees.js';

/**
 * Removes a linked worktree: its files, then its registration, so that a crash in between leaves something that
 * can be found and removed again. It may be locked, its folder may be gone, or emptied by hand.
 * @throws {CallsheetError} `NOT_A_WORKTREE` when a folder is there that is no linked worktree of this repository.
 */
export async function removeWorktree(context: GitContext, path: string): Promise<void> {
  const registered = await registeredPath(context, path);
  if (registered === undefined) return refuseForeign(path);
  await removeFolder(registered);
  const args = ['worktree', 'remove', '--force', '--force', '--', registered];
  await changeSharedState(context.commonDir, () => unregister(context, registered, args));
}

/** The path as git knows it, or undefined when it is no linked worktree. Only what git lists is ever deleted. */
async function registeredPath(context: GitContext, path: string): Promise<string | undefined> {
  const asked = canonicalPath(path);
  if (isLinkedWorktree(context, asked)) return asked;
  const [, ...linked] = await listWorktrees(context.root);
  return linked.find((worktree) => canonicalPath(worktree.path) === asked)?.path;
}

function isLinkedWorktree(context: GitContext, path: string): boolean {
  if (!existsSync(join(path, '.git'))) return false;
  const located = locateRepository(path);
  return (
    located?.root === path && located.commonDir === context.commonDir && located.gitDir !== context.commonDir
  );
}

async function unregister(context: GitContext, path: string, args: string[]): Promise<void> {
  try {
    await runGit(context.root, args);
  } catch (error) {
    // Somebody pruned it in the meantime, or the registration is too damaged for `remove` but not for `prune`.
    await runGit(context.root, ['worktree', 'prune']);
    if ((await listWorktrees(context.root)).some((worktree) => worktree.path === path)) throw error;
  }
}

function refuseForeign(path: string): void {
  if (!existsSync(path) || readdirSync(path).length === 0) return;
  throw new CallsheetError(
    'NOT_A_WORKTREE',
    `${path} is not a linked worktree of this repository, so it was not removed.`,
    {
      hint: 'Look at what is in it, and delete it by hand if nobody needs it.',
    },
  );
}
