import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { GitContext } from './context.js';
import { listEntries } from './list-entries.js';
import { specialEntries, type SpecialEntry } from './read-index.js';
import { requireWorkspace } from './require-workspace.js';
import { runGit } from './run-git.js';

/**
 * Makes a linked worktree usable and its index complete once nobody works there: removes the locks that a killed git
 * left on index and HEAD, and clears the flags that hide changed files from `git status`. Any other checkout is left as
 * it is.
 */
export async function releaseIndex(context: GitContext, workspace: string): Promise<void> {
  const { gitDir, commonDir } = requireWorkspace(context, workspace);
  if (gitDir === commonDir) return;
  for (const name of await readdir(gitDir))
    if (name.endsWith('.lock')) await rm(join(gitDir, name), { force: true });
  const entries = specialEntries(join(gitDir, 'index')) ?? (await listEntries(workspace));
  await clear(
    workspace,
    '--no-assume-unchanged',
    entries.filter(({ isAssumedUnchanged }) => isAssumedUnchanged),
  );
  const skipped = entries.filter(({ isSkipped }) => isSkipped);
  // A sparse checkout is made of that flag; git takes it off by itself there where a file exists.
  if (skipped.length > 0 && !(await isSparse(workspace)))
    await clear(workspace, '--no-skip-worktree', skipped);
}

async function clear(workspace: string, flag: string, entries: SpecialEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const input = Buffer.from(entries.map(({ path }) => `${path}\0`).join(''), 'latin1');
  await runGit(workspace, ['update-index', flag, '-z', '--stdin'], { input });
}

async function isSparse(workspace: string): Promise<boolean> {
  const args = ['config', '--type=bool', '--get', 'core.sparseCheckout'];
  return (await runGit(workspace, args, { okExitCodes: [0, 1] })).stdout.trim() === 'true';
}
