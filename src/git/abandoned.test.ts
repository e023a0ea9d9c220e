import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { commitFiles, git, givenRepository } from './given-repository.js';

async function givenWorkspace() {
  const given = await givenRepository({ a: '1' });
  const path = join(given.folder, 'w');
  await given.repo.addWorktree({ path, branch: 'work', commit: given.base });
  const commit = (text: string) => commitFiles(path, { a: text }, text);
  return { ...given, path, commit, abandoned: () => given.repo.abandonedCommits(path) };
}

test('commits that build on one another leave nothing behind', async () => {
  const { root, path, commit, abandoned } = await givenWorkspace();
  commit('2');
  git(root, 'commit', '--quiet', '--allow-empty', '-m', 'theirs');
  git(path, 'merge', '--quiet', '--no-edit', 'main');
  git(path, 'reset', '--quiet', '--hard');
  commit('3');
  expect(await abandoned()).toEqual([]);
});

test.each([
  ['a reset', ['reset', '--quiet', '--hard', 'HEAD~1']],
  ['an amendment', ['commit', '--quiet', '--amend', '--message', 'better']],
  ['a checkout', ['checkout', '--quiet', '-B', 'work', 'main']],
])('what %s goes away from is found', async (_, args) => {
  const { path, commit, abandoned } = await givenWorkspace();
  const left = commit('2');
  git(path, ...args);
  expect(await abandoned()).toEqual([left]);
});

test('another worktree that is just being made is waited for', async () => {
  const { root, path, commit, abandoned } = await givenWorkspace();
  const left = commit('2');
  git(path, 'reset', '--quiet', '--hard', 'HEAD~1');
  const other = join(root, '.git/worktrees/other');
  mkdirSync(other);
  writeFileSync(join(other, 'gitdir'), `${root}-other/.git\n`);
  writeFileSync(join(other, 'HEAD'), `${git(root, 'rev-parse', 'HEAD')}\n`);
  const commonDir = join(other, 'commondir');
  execFileSync('mkfifo', [commonDir]);
  const found = abandoned();
  // Open as soon as git reads it: there is nothing in it yet.
  const begun = await open(commonDir, 'w');
  rmSync(commonDir);
  writeFileSync(commonDir, '../..\n');
  await begun.close();
  expect(await found).toEqual([left]);
});

test('of each line of commits only the newest is named, and none that a ref leads to', async () => {
  const { root, path, base, commit, abandoned } = await givenWorkspace();
  commit('2');
  const one = commit('3');
  git(path, 'reset', '--quiet', '--hard', base);
  const other = commit('4');
  git(path, 'checkout', '--quiet', '--detach', base);
  git(path, 'branch', '--quiet', '--force', 'work', base);
  const kept = commit('5');
  git(path, 'reset', '--quiet', '--hard', base);
  git(root, 'branch', 'elsewhere', kept);
  expect((await abandoned()).sort()).toEqual([one, other].sort());
});

test('what git has collected meanwhile is no hindrance', async () => {
  const { root, path, commit, abandoned } = await givenWorkspace();
  commit('2');
  git(path, 'reset', '--quiet', '--hard', 'HEAD~1');
  const left = commit('3');
  git(path, 'reset', '--quiet', '--hard', 'HEAD~1');
  git(root, 'tag', 'keep', left);
  git(root, '-c', 'gc.reflogExpire=now', 'gc', '--quiet', '--prune=now');
  expect(await abandoned()).toEqual([]);
});
