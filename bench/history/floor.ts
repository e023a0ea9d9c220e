import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { callGit, git } from '../support/git.js';
import type { Scratch } from './scratch.js';
import type { Merge } from './source.js';

/** What `git merge-tree` makes of the two parents. */
export interface Floor {
  verdict: 'clean' | 'conflict';
  /** With conflict markers in it when there is one. */
  tree: string;
  /** The paths in conflict, sorted. */
  paths: string[];
  ms: number;
}

/**
 * Merges the two parents in memory, in a working directory that holds the first parent's attributes: they decide how
 * files merge, and git 2.39 reads them from there.
 */
export async function mergeByGit(scratch: Scratch, merge: Merge): Promise<Floor> {
  const folder = await attributesOf(scratch, merge.first.commit);
  const args = [
    'merge-tree',
    '--write-tree',
    '--name-only',
    '--no-messages',
    '-z',
    merge.first.commit,
    merge.second.commit,
  ];
  const { code, stdout, ms } = await callGit(folder, args, { ok: [0, 1] });
  const [tree = '', ...paths] = stdout.split('\0').filter(Boolean);
  return { verdict: code === 0 ? 'clean' : 'conflict', tree, paths: [...new Set(paths)].sort(), ms };
}

async function attributesOf(scratch: Scratch, commit: string): Promise<string> {
  const folder = join(scratch.folder, 'attributes');
  if (!existsSync(folder))
    await git(scratch.repository, 'worktree', 'add', '--quiet', '--no-checkout', '--detach', folder, commit);
  const before = await git(folder, 'ls-files', '-z', '--', '.gitattributes', '**/.gitattributes');
  await Promise.all(
    before
      .split('\0')
      .filter(Boolean)
      .map((path) => rm(join(folder, path), { force: true })),
  );
  await git(folder, 'read-tree', commit);
  const now = await git(folder, 'ls-files', '-z', '--', '.gitattributes', '**/.gitattributes');
  await callGit(folder, ['checkout-index', '--force', '-z', '--stdin'], { input: now });
  return folder;
}

/**
 * The same two tasks with nothing but git, one after the other: worktree, changes, commit, merge, landing, removal.
 * @returns How long git's processes took together, in milliseconds.
 */
export async function landByHand(scratch: Scratch, merge: Merge, number: number): Promise<number> {
  const { repository } = scratch;
  const workspace = join(scratch.folder, 'by-hand');
  const ref = `refs/heads/by-hand/${number}`;
  let spentMs = 0;
  const timed = async (cwd: string, ...args: string[]): Promise<string> => {
    const { stdout, ms } = await callGit(cwd, args, { ok: args[0] === 'merge-tree' ? [0, 1] : [0] });
    spentMs += ms;
    return stdout.trimEnd();
  };
  let head = merge.base;
  await git(repository, 'update-ref', ref, head);
  for (const { commit } of [merge.first, merge.second]) {
    await timed(repository, 'worktree', 'add', '--quiet', '--detach', workspace, merge.base);
    await timed(workspace, 'read-tree', '-u', '--reset', commit);
    await timed(workspace, 'add', '--all');
    await timed(workspace, 'commit', '--quiet', '--no-verify', '--message', `What ${commit} is`);
    const work = await git(workspace, 'rev-parse', 'HEAD');
    const [tree = ''] = (await timed(workspace, 'merge-tree', '--write-tree', head, work)).split('\n');
    const landed = await timed(
      repository,
      'commit-tree',
      tree,
      '-p',
      head,
      '-p',
      work,
      '-m',
      `Land ${commit}`,
    );
    await timed(repository, 'update-ref', ref, landed, head);
    await timed(repository, 'worktree', 'remove', '--force', workspace);
    head = landed;
  }
  return spentMs;
}
