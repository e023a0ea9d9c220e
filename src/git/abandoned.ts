import { join } from 'node:path';

import type { GitContext } from './context.js';
import { isObjectId } from './object-id.js';
import { readIfThere } from './read-ref.js';
import type { CommitId } from './repository.js';
import { requireWorkspace } from './require-workspace.js';
import { retryTransient } from './retry.js';
import { runGit } from './run-git.js';

/**
 * Commits that HEAD of a workspace has been at and that no ref leads to: what an agent committed and went away from,
 * by a reset, an amendment or a rebase. Only the newest of each line of them; the others are below it.
 *
 * Only the workspace's own reflog knows them, and it goes with the workspace. Where HEAD only ever went forward,
 * reading that file answers, and git is not asked.
 */
export async function abandonedCommits(context: GitContext, workspace: string): Promise<CommitId[]> {
  const { gitDir } = requireWorkspace(context, workspace);
  const left = placesLeft(readIfThere(join(gitDir, 'logs', 'HEAD')));
  if (left.length === 0) return [];
  const args = ['rev-list', '--parents', '--ignore-missing', '--stdin', '--not', '--all'];
  // All refs are also those of the other worktrees, and one may just be made.
  const { stdout } = await retryTransient(() => runGit(workspace, args, { input: `${left.join('\n')}\n` }));
  const lines = stdout.split('\n').filter((line) => line !== '');
  const below = new Set(lines.flatMap((line) => line.split(' ').slice(1)));
  return lines.flatMap((line) => line.split(' ').slice(0, 1)).filter((commit) => !below.has(commit));
}

/** What a reflog says when the commit before is a parent of the one after. */
const FORWARD =
  /^(?:commit(?: \((?:merge|initial|cherry-pick)\))?: |merge .*: (?:Fast-forward|Merge made by ))/;

/** The commits of a reflog from which HEAD went elsewhere than forward. */
function placesLeft(reflog: string): CommitId[] {
  const left = new Set<CommitId>();
  for (const line of reflog.split('\n')) {
    const [before = '', after] = line.split(' ', 2);
    const message = line.slice(line.indexOf('\t') + 1);
    if (before === after || !isObjectId(before) || /^0+$/.test(before) || FORWARD.test(message)) continue;
    left.add(before);
  }
  return [...left];
}
