import { CallsheetError } from '../error/index.js';
import type { GitContext } from './context.js';
import { changedPaths, isAncestor } from './history.js';
import { objectId } from './object-id.js';
import type { CommitId, FastForward } from './repository.js';
import { retryTransient } from './retry.js';
import { runGit } from './run-git.js';
import { statusOf, workspaceHead } from './workspace.js';

/** Moves a checkout, and the branch it is on, forward to a commit, unless that would write what is not committed. */
export async function fastForward(
  context: GitContext,
  workspace: string,
  to: CommitId,
): Promise<FastForward> {
  const [status, head] = await Promise.all([statusOf(context, workspace), workspaceHead(context, workspace)]);
  if (head === undefined || !(await isAncestor(workspace, head, to))) throw notForward(workspace, head, to);
  const dirty = new Set([...status.tracked.map(({ path }) => path), ...status.untracked]);
  const inTheWay = (await changedPaths(workspace, head, to))
    .map(({ path }) => path)
    .filter((path) => dirty.has(path));
  if (inTheWay.length > 0) return { moved: false, inTheWay };
  // Ignored files are somebody's too: without the option git overwrites them.
  const options = ['--ff-only', '--no-overwrite-ignore', '--no-autostash', '--no-stat', '--quiet'];
  // What `branch.<name>.mergeOptions` may say besides.
  options.push('--no-verify-signatures', '--no-squash', '--commit');
  await retryTransient(() => runGit(workspace, ['merge', ...options, objectId(to)]));
  return { moved: true };
}

function notForward(workspace: string, head: CommitId | undefined, to: CommitId): CallsheetError {
  const message = `${workspace} is at ${head ?? 'no commit'}, which ${to} does not build on; nothing was changed.`;
  return new CallsheetError('NOT_FAST_FORWARD', message, {
    hint: 'Merge the branch first, then land again.',
  });
}
