import { lstatSync, readdirSync } from 'node:fs';

import { CallsheetError, messageOf } from '../error/index.js';
import { canonicalPath } from './canonical-path.js';
import type { GitContext } from './context.js';
import { locateRepository } from './locate-repository.js';
import { objectId } from './object-id.js';
import { deleteRef, updateRef } from './move-ref.js';
import { isPlainName } from './refs.js';
import { removeWorktree } from './remove-worktree.js';
import type { CommitId } from './repository.js';
import { retryTransient } from './retry.js';
import { runGit } from './run-git.js';
import { changeSharedState } from './shared-state.js';

interface NewWorktree {
  path: string;
  branch?: string;
  commit: CommitId;
}

/**
 * Makes a worktree that is complete and really is where it was asked for, or leaves nothing behind and fails.
 * Only the registration is made one at a time: the files are written outside of the lock, several worktrees at once.
 */
export async function addWorktree(context: GitContext, worktree: NewWorktree): Promise<void> {
  refuseTaken(worktree.path);
  if (worktree.branch !== undefined) await createBranch(context, worktree.branch, worktree.commit);
  let isRegistered = false;
  try {
    await register(context, worktree);
    isRegistered = true;
    verifyIsolation(context, worktree.path);
    await retryTransient(() =>
      runGit(worktree.path, ['reset', '--hard', '--quiet', '--no-recurse-submodules']),
    );
  } catch (error) {
    throw await undone(context, worktree, isRegistered, error);
  }
}

function refuseTaken(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isDirectory() && readdirSync(path).length === 0)) return;
  throw new CallsheetError('PATH_TAKEN', `${path} is there already, so no worktree was made in its place.`, {
    hint: 'Look at what it is; `callsheet clean` removes workspaces that nobody needs.',
  });
}

async function createBranch(context: GitContext, branch: string, commit: CommitId): Promise<void> {
  if (!isPlainName(branch)) {
    throw new CallsheetError(
      'NOT_A_BRANCH',
      `${JSON.stringify(branch)} cannot name a branch, so no worktree was made.`,
    );
  }
  if (await updateRef(context, `refs/heads/${branch}`, commit, undefined)) return;
  throw new CallsheetError(
    'BRANCH_EXISTS',
    `The branch ${branch} exists already, so no worktree was made for it.`,
    {
      hint: `Look at it with \`git log ${branch}\`; when nobody needs it: git branch -D ${branch}`,
    },
  );
}

function register(context: GitContext, { path, branch, commit }: NewWorktree): Promise<unknown> {
  const head = branch === undefined ? ['--detach'] : [];
  const start = branch ?? objectId(commit);
  // Forced twice: a registration whose folder is gone may be in the way, and may be locked (a killed `worktree add`
  // leaves it so). git never overwrites a folder that is not empty.
  const args = ['worktree', 'add', '--no-checkout', '--force', '--force', ...head, '--', path, start];
  return changeSharedState(context.commonDir, () => runGit(context.root, args));
}

function verifyIsolation(context: GitContext, path: string): void {
  const made = locateRepository(path);
  if (
    made?.root === canonicalPath(path) &&
    made.commonDir === context.commonDir &&
    made.gitDir !== made.commonDir
  )
    return;
  throw new CallsheetError(
    'NOT_ISOLATED',
    `The worktree ${path} is not a checkout of its own, so no work was started in it.`,
    {
      hint: 'Choose another place with `workspaces:` in callsheet.config.yaml.',
    },
  );
}

/** Only what this call has made is removed: when git refused to register it, the folder may be another's. */
async function undone(
  context: GitContext,
  { path, branch, commit }: NewWorktree,
  isRegistered: boolean,
  error: unknown,
): Promise<unknown> {
  try {
    if (isRegistered) await removeWorktree(context, path);
    if (branch !== undefined) await deleteRef(context, `refs/heads/${branch}`, commit);
    return error;
  } catch (cleanup) {
    const message = `${messageOf(error)} What was left of the worktree ${path} could not be removed: ${messageOf(cleanup)}`;
    return new CallsheetError('WORKTREE_LEFT_BEHIND', message, { exit: 'failed', cause: error });
  }
}
