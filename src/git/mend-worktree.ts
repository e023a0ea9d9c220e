import { existsSync } from 'node:fs';
import { CallsheetError } from '../error/index.js';
import type { GitContext } from './context.js';
import { requireWorkspace } from './require-workspace.js';
import { runGit } from './run-git.js';
import { changeSharedState } from './shared-state.js';
import { workspaceHead } from './workspace.js';

/**
 * Makes the `.git` of a worktree anew where somebody has deleted it: index and HEAD lie in the main repository.
 * @returns Whether the folder is a checkout of this repository now. A repository that was made in its place stays.
 */
export async function mendWorktree(context: GitContext, path: string): Promise<boolean> {
  if (isWorkspace(context, path)) return true;
  if (!existsSync(path)) return false;
  await changeSharedState(context.commonDir, () =>
    runGit(context.root, ['worktree', 'repair'], { okExitCodes: [0, 1] }),
  );
  return isWorkspace(context, path);
}

function isWorkspace(context: GitContext, path: string): boolean {
  try {
    requireWorkspace(context, path);
    return true;
  } catch (error) {
    if (error instanceof CallsheetError || !existsSync(path)) return false;
    throw error;
  }
}

/** Takes HEAD of a workspace off its branch, at the same commit: what is committed next moves no branch. */
export async function detach(context: GitContext, workspace: string): Promise<void> {
  const head = await workspaceHead(context, workspace);
  if (head !== undefined) await runGit(workspace, ['update-ref', '--no-deref', 'HEAD', head]);
}
