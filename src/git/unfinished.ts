import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { GitContext } from './context.js';
import { listEntries } from './list-entries.js';
import { specialEntries } from './read-index.js';
import { requireWorkspace } from './require-workspace.js';

/**
 * What git keeps in the folder of a worktree while an operation waits to be continued.
 * @see https://git-scm.com/docs/gitrepository-layout and `wt_status_get_state` in git's `wt-status.c`
 */
const MARKS: readonly (readonly [file: string, operation: string])[] = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['sequencer', 'a cherry-pick or revert'],
  ['BISECT_LOG', 'a bisection'],
];

/** Names the operation that was begun in a workspace and not ended, or undefined. */
export async function unfinishedIn(context: GitContext, workspace: string): Promise<string | undefined> {
  const { gitDir } = requireWorkspace(context, workspace);
  const mark = MARKS.find(([file]) => existsSync(join(gitDir, file)));
  if (mark !== undefined) return mark[1];
  const entries = specialEntries(join(gitDir, 'index')) ?? (await listEntries(workspace));
  return entries.some(({ isUnmerged }) => isUnmerged) ? 'conflicts in its index' : undefined;
}
