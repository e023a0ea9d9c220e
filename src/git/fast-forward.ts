import { CallsheetError } from '../error/index.js';
import type { GitContext } from './context.js';
import { changedPaths, isAncestor } from './history.js';
import { objectId } from './object-id.js';
import type { CommitId, FastForward } from './repository.js';
import { retryTransient } from './retry.js';
import { runGit } from './run-git.js';
import { changeSharedState } from './shared-state.js';
import { statusOf, workspaceHead } from './workspace.js';

/**
 * Moves a checkout, and the branch it is on, forward to a commit, unless that would write what is not committed. One at
 * a time: of two that write the same files at once, one would leave its own there and move nothing.
 */
export function fastForward(context: GitContext, workspace: string, to: CommitId): Promise<FastForward> {
  return changeSharedState(context.commonDir, () => forward(context, workspace, to));
}

async function forward(context: GitContext, workspace: string, to: CommitId): Promise<FastForward> {
  const [status, head] = await Promise.all([statusOf(context, workspace), workspaceHead(context, workspace)]);
  if (head === undefined || !(await isAncestor(workspace, head, to))) throw notForward(workspace, head, to);
  const dirty = new Set([...status.tracked.map(({ path }) => path), ...status.untracked]);
  const inTheWay = (await changedPaths(context, head, to))
    .map(({ path }) => path)
    .filter((path) => dirty.has(path));
  if (inTheWay.length > 0) return { moved: false, inTheWay };
  // Ignored files are somebody's too: without the option git overwrites them.
  const options = ['--ff-only', '--no-overwrite-ignore', '--no-autostash', '--no-stat', '--quiet'];
  // What `branch.<name>.mergeOptions` may say besides.
  options.push('--no-verify-signatures', '--no-squash', '--commit');
  try {
    await retryTransient(() => runGit(workspace, ['merge', ...options, objectId(to)]));
  } catch (error) {
    await putBack(context, workspace, { head, to });
    throw error;
  }
  return { moved: true };
}

/**
 * git writes the files before it moves the branch: when it may not move it (somebody holds HEAD or the branch), they
 * are there and nothing of them is committed. What has other changes is not touched.
 */
async function putBack(
  context: GitContext,
  workspace: string,
  { head, to }: { head: CommitId; to: CommitId },
): Promise<void> {
  if ((await workspaceHead(context, workspace)) !== head) return;
  await runGit(workspace, ['read-tree', '-m', '-u', objectId(to), objectId(head)], { okExitCodes: [0, 128] });
}

function notForward(workspace: string, head: CommitId | undefined, to: CommitId): CallsheetError {
  const message = `${workspace} is at ${head ?? 'no commit'}, which ${to} does not build on; nothing was changed.`;
  return new CallsheetError('NOT_FAST_FORWARD', message, {
    hint: 'Merge the branch first, then land again.',
  });
}
