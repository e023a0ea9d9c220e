import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { readIfThere } from './read-ref.js';

/** A checkout that relies on where a branch is. */
export interface BranchHolder {
  path: string;
  why: 'is checked out' | 'is being rebased' | 'is being bisected';
}

/**
 * The checkout that has a branch checked out, or is in the middle of a rebase or bisection of it: moved under it,
 * the branch would look like changes there, or the rebase could not end. Read from git's files; a checkout that git
 * calls detached can be such a one.
 * @see https://git-scm.com/docs/gitrepository-layout
 */
export function branchHolder(commonDir: string, branch: string, isBare: boolean): BranchHolder | undefined {
  const ref = `refs/heads/${branch}`;
  for (const { gitDir, path } of checkouts(commonDir, isBare)) {
    if (readIfThere(join(gitDir, 'HEAD')) === `ref: ${ref}`) return { path, why: 'is checked out' };
    const rebased = ['rebase-merge', 'rebase-apply'].map((each) =>
      readIfThere(join(gitDir, each, 'head-name')),
    );
    if (rebased.includes(ref)) return { path, why: 'is being rebased' };
    if (readIfThere(join(gitDir, 'BISECT_START')) === branch) return { path, why: 'is being bisected' };
  }
  return undefined;
}

function checkouts(commonDir: string, isBare: boolean): { gitDir: string; path: string }[] {
  const linked = join(commonDir, 'worktrees');
  const names = existsSync(linked) ? readdirSync(linked) : [];
  const all = names.map((name) => {
    const gitDir = join(linked, name);
    return { gitDir, path: dirname(readIfThere(join(gitDir, 'gitdir'))) };
  });
  const there = all.filter(({ path }) => existsSync(path));
  return isBare ? there : [{ gitDir: commonDir, path: dirname(commonDir) }, ...there];
}
