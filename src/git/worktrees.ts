import { existsSync } from 'node:fs';

import type { Worktree } from './repository.js';
import { retryTransient } from './retry.js';
import { runGit } from './run-git.js';

/** Tried again when it meets a worktree that is just being made or removed: git fails on half a registration. */
export async function listWorktrees(cwd: string): Promise<Worktree[]> {
  const { stdout } = await retryTransient(() => runGit(cwd, ['worktree', 'list', '--porcelain', '-z']));
  return parseWorktrees(stdout).map((worktree) => ({ ...worktree, isMissing: !existsSync(worktree.path) }));
}

/** Reads `git worktree list --porcelain -z`: attributes end with NUL, worktrees with an empty attribute. */
function parseWorktrees(output: string): Omit<Worktree, 'isMissing'>[] {
  return output
    .split('\0\0')
    .filter((record) => record !== '')
    .map((record) => parseWorktree(record.split('\0')));
}

function parseWorktree(attributes: string[]): Omit<Worktree, 'isMissing'> {
  const valueOf = (name: string): string | undefined =>
    attributes.find((attribute) => attribute.startsWith(`${name} `))?.slice(name.length + 1);
  const head = valueOf('HEAD');
  return {
    path: valueOf('worktree') ?? '',
    branch: valueOf('branch')?.replace(/^refs\/heads\//, ''),
    // An unborn branch is shown with an id of zeros.
    head: head === undefined || /^0+$/.test(head) ? undefined : head,
    isBare: attributes.includes('bare'),
  };
}
