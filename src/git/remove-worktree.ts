import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { CallsheetError, errorCode } from '../error/index.js';
import { canonicalPath } from './canonical-path.js';
import type { GitContext } from './context.js';
import { halfMade } from './half-made.js';
import { locateRepository } from './locate-repository.js';
import { readIfThere } from './read-ref.js';
import { removeFolder } from './remove-folder.js';
import { runGit } from './run-git.js';
import { changeSharedState } from './shared-state.js';
import { temporaryFolder, temporaryName } from './temporary.js';
import { listWorktrees } from './worktrees.js';

/**
 * Removes a linked worktree: its files, then its registration, so that a crash in between leaves something that
 * can be found and removed again. It may be locked, its folder may be gone, or emptied by hand.
 * @throws {CallsheetError} `NOT_A_WORKTREE` when a folder is there that is no linked worktree of this repository.
 */
export async function removeWorktree(context: GitContext, path: string): Promise<void> {
  const registered = await registration(context, path);
  if (registered === undefined) return refuseForeign(path);
  await removeFolder(registered.path);
  await changeSharedState(context.commonDir, () => unregister(context, registered));
}

interface Registration {
  /** As git knows it. */
  path: string;
  /** The worktree's folder inside the repository; undefined where only git can tell which it is. */
  gitDir?: string;
}

/** Undefined when it is no linked worktree. Only what git lists is ever deleted. */
async function registration(context: GitContext, path: string): Promise<Registration | undefined> {
  const asked = canonicalPath(path);
  const begun = halfMade(context.commonDir, asked);
  if (begun !== undefined) return { path: asked, gitDir: begun };
  const linked = linkedWorktree(context, asked);
  if (linked !== undefined) return linked;
  const [, ...others] = await listWorktrees(context.root);
  return others.find((worktree) => canonicalPath(worktree.path) === asked);
}

function linkedWorktree(context: GitContext, path: string): Registration | undefined {
  if (!existsSync(join(path, '.git'))) return undefined;
  const { root, gitDir, commonDir } = locateRepository(path) ?? {};
  if (root !== path || gitDir === undefined || commonDir !== context.commonDir || gitDir === commonDir)
    return undefined;
  // An agent can put another worktree's `.git` here: that one's registration is not this one's.
  return readIfThere(join(gitDir, 'gitdir')) === join(path, '.git') ? { path, gitDir } : { path };
}

/** As `git worktree remove` does, but in one step: a kill leaves no half of a registration. */
async function unregister({ root, commonDir }: GitContext, { path, gitDir }: Registration): Promise<void> {
  if (gitDir !== undefined && !existsSync(path)) {
    const folder = temporaryFolder(commonDir);
    await mkdir(folder, { recursive: true });
    const aside = join(folder, `${temporaryName('worktree')}-${randomUUID()}`);
    if (await isMoved(gitDir, aside)) return removeFolder(aside);
  }
  try {
    await runGit(root, ['worktree', 'remove', '--force', '--force', '--', path]);
  } catch (error) {
    // Somebody pruned it in the meantime, or the registration is too damaged for `remove` but not for `prune`.
    await runGit(root, ['worktree', 'prune']);
    if ((await listWorktrees(root)).some((worktree) => worktree.path === path)) throw error;
  }
}

/** False where it cannot be renamed: it is gone already, or the two are not on one file system. */
async function isMoved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (!['ENOENT', 'EXDEV', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
    return false;
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
