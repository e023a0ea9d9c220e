import { assert } from '../error/index.js';
import type { GitContext } from './context.js';
import type { CommitId } from './repository.js';
import { pathsToStage } from './parse-status.js';
import { requireWorkspace } from './require-workspace.js';
import { retryTransient } from './retry.js';
import { runGit } from './run-git.js';
import { stageAll } from './stage.js';
import { readStatus, workspaceHead } from './workspace.js';

const NOTHING_TO_COMMIT = 1;

/**
 * Commits every change of a workspace, tracked and untracked. Nested repositories are left out: `git add -A` would
 * store a pointer to a commit that nobody else has.
 * @returns The commit, or undefined when there is nothing to commit.
 */
export async function commitAll(
  context: GitContext,
  workspace: string,
  message: string,
): Promise<CommitId | undefined> {
  assert(message.trim() !== '', 'a commit has a message');
  requireWorkspace(context, workspace);
  const status = await readStatus(workspace);
  if (status.tracked.length + status.untracked.length === 0) return undefined;
  await retryTransient(() => stageAll(workspace, pathsToStage(status)));
  const args = ['commit', '--quiet', '--no-verify', '--no-status', '--cleanup=verbatim', '--file=-'];
  const options = { input: message, env: await context.identity(), okExitCodes: [0, NOTHING_TO_COMMIT] };
  const { exitCode } = await retryTransient(() => runGit(workspace, args, options));
  // A change can vanish when it is staged: line ends that are normalised, a file mode that does not count.
  return exitCode === NOTHING_TO_COMMIT ? undefined : workspaceHead(context, workspace);
}
