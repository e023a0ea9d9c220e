import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { git, givenRepository, write } from './given-repository.js';

test('a worktree is made on a new branch, or detached, with all its files', async () => {
  const { folder, root, repo, base } = await givenRepository({ 'src/a.ts': 'a\n' });
  const path = join(folder, 'repo.callsheet', 'r1', 't 1');
  await repo.addWorktree({ path, branch: 'callsheet/r1/t1.1', commit: base });
  await repo.addWorktree({ path: join(folder, 'gate'), commit: base });
  expect(readFileSync(join(path, 'src/a.ts'), 'utf8')).toBe('a\n');
  expect(await repo.status(path)).toEqual({ tracked: [], untracked: [], nested: [] });
  expect((await repo.worktrees()).slice(1)).toEqual([
    { path: join(folder, 'gate'), branch: undefined, head: base, isBare: false, isMissing: false },
    { path, branch: 'callsheet/r1/t1.1', head: base, isBare: false, isMissing: false },
  ]);
  expect(git(root, 'config', '--list', '--local')).not.toContain('callsheet');
});

test('twelve worktrees made at once are all there', async () => {
  const { folder, repo, base } = await givenRepository();
  const made = Array.from({ length: 12 }, (_, at) => ({
    path: join(folder, `w${at}`),
    branch: `b/${at}`,
    commit: base,
  }));
  await Promise.all(made.map((worktree) => repo.addWorktree(worktree)));
  expect(await repo.worktrees()).toHaveLength(13);
  await Promise.all(made.map(({ path }) => repo.removeWorktree(path)));
  expect(await repo.worktrees()).toHaveLength(1);
});

test('a branch that exists, and a place that is taken, are refused and left as they are', async () => {
  const { folder, repo, base, root } = await givenRepository();
  const path = join(folder, 'w');
  await expect(repo.addWorktree({ path, branch: 'main', commit: base })).rejects.toMatchObject({
    code: 'BRANCH_EXISTS',
  });
  write(folder, { 'w/work.txt': 'work' });
  await expect(repo.addWorktree({ path, branch: 'x', commit: base })).rejects.toMatchObject({
    code: 'PATH_TAKEN',
  });
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
  await expect(repo.addWorktree({ path: join(folder, 'link'), commit: base })).rejects.toMatchObject({
    code: 'PATH_TAKEN',
  });
  expect(existsSync(join(path, 'work.txt'))).toBe(true);
  expect(git(root, 'branch', '--list', 'x')).toBe('');
});

test.each(['-f', '@{-1}', 'a..b'])('%s is no branch to make', async (branch) => {
  const { folder, repo, base } = await givenRepository();
  await expect(repo.addWorktree({ path: join(folder, 'w'), branch, commit: base })).rejects.toMatchObject({
    code: 'NOT_A_BRANCH',
  });
});

test('of two worktrees asked for in one place, one is made and keeps its files', async () => {
  const { folder, repo, base } = await givenRepository();
  const path = join(folder, 'w');
  const made = await Promise.allSettled(
    ['one', 'two'].map((branch) => repo.addWorktree({ path, branch, commit: base })),
  );
  expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(existsSync(join(path, 'a.txt'))).toBe(true);
  expect(await repo.refs('refs/heads')).toHaveProperty('size', 2);
});

test('a worktree whose files cannot be written leaves nothing behind', async () => {
  const { folder, root, repo, base } = await givenRepository({
    '.gitattributes': 'a filter=broken\n',
    a: 'a',
  });
  git(root, 'config', 'filter.broken.smudge', 'false');
  git(root, 'config', 'filter.broken.required', 'true');
  const path = join(folder, 'w');
  await expect(repo.addWorktree({ path, branch: 'x', commit: base })).rejects.toMatchObject({
    code: 'GIT_FAILED',
  });
  expect(existsSync(path)).toBe(false);
  expect(await repo.worktrees()).toHaveLength(1);
  expect(git(root, 'branch', '--list', 'x')).toBe('');
});

test('a worktree is removed whatever is in it, locked or not, also when its folder or .git is gone', async () => {
  const { folder, root, repo, base } = await givenRepository();
  const paths = ['dirty', 'locked', 'deleted', 'emptied', 'locked and deleted'].map((name) =>
    join(folder, name),
  );
  for (const path of paths) await repo.addWorktree({ path, commit: base });
  const [dirty = '', locked = '', deleted = '', emptied = '', both = ''] = paths;
  write(dirty, { 'a.txt': 'changed', 'new/deep/file': 'x', 'nested/.git/HEAD': 'x' });
  mkdirSync(join(dirty, 'read-only/inner'), { recursive: true });
  chmodSync(join(dirty, 'read-only'), 0o500);
  for (const path of [locked, both]) git(root, 'worktree', 'lock', path);
  rmSync(deleted, { recursive: true });
  rmSync(both, { recursive: true });
  rmSync(join(emptied, '.git'));
  expect((await repo.worktrees()).filter(({ isMissing }) => isMissing).map(({ path }) => path)).toEqual([
    deleted,
    both,
  ]);
  for (const path of paths) {
    await repo.removeWorktree(path);
    expect(existsSync(path)).toBe(false);
  }
  expect(await repo.worktrees()).toHaveLength(1);
  for (const path of paths) await repo.removeWorktree(path);
});

test('what a killed `worktree add` leaves does not stand in the way', async () => {
  const { folder, root, repo, base } = await givenRepository();
  const path = join(folder, 'w');
  git(root, 'worktree', 'add', '--quiet', '--detach', path);
  git(root, 'worktree', 'lock', '--reason', 'initializing', path);
  rmSync(path, { recursive: true });
  await repo.addWorktree({ path, commit: base });
  expect(existsSync(join(path, 'a.txt'))).toBe(true);
});

test('the main checkout, a foreign folder and another repository are never removed', async () => {
  const { folder, root, repo } = await givenRepository();
  git(folder, 'clone', '--quiet', root, 'clone');
  write(folder, { 'plain/file': 'x' });
  for (const path of [root, join(root, '.git'), join(folder, 'clone'), join(folder, 'plain'), folder]) {
    await expect(repo.removeWorktree(path)).rejects.toMatchObject({ code: 'NOT_A_WORKTREE' });
    expect(existsSync(path)).toBe(true);
  }
});

test("a worktree with another one's .git is removed without that one", async () => {
  const { folder, repo, base } = await givenRepository();
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  for (const path of [one, two]) await repo.addWorktree({ path, commit: base });
  writeFileSync(join(one, '.git'), readFileSync(join(two, '.git')));
  await repo.removeWorktree(one);
  expect(existsSync(one)).toBe(false);
  expect((await repo.worktrees()).slice(1).map(({ path }) => path)).toEqual([two]);
  expect(await repo.status(two)).toEqual({ tracked: [], untracked: [], nested: [] });
});

test('a link in the place of a worktree does not lead the removal to another one', async () => {
  const { folder, repo, base } = await givenRepository();
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  for (const path of [one, two]) await repo.addWorktree({ path, commit: base });
  writeFileSync(join(two, 'work.txt'), 'work');
  rmSync(one, { recursive: true });
  symlinkSync(two, one);
  await repo.removeWorktree(one);
  expect(existsSync(join(two, 'work.txt'))).toBe(true);
  expect((await repo.worktrees()).slice(1).map(({ path }) => path)).toEqual([two]);
});

test('a listing that meets half a registration is made again', async () => {
  const { folder, root, repo, base } = await givenRepository();
  await repo.addWorktree({ path: join(folder, 'whole'), commit: base });
  const half = join(root, '.git', 'worktrees', 'half');
  mkdirSync(half);
  writeFileSync(join(half, 'gitdir'), `${join(folder, 'half', '.git')}\n`);
  writeFileSync(join(half, 'commondir'), '');
  givenGitThatTidiesUpAfterItself(folder, half);

  const listed = await repo.worktrees();

  expect(existsSync(half)).toBe(false); // git has met it
  expect(listed.map(({ path }) => path)).toEqual([root, join(folder, 'whole')]);
});

/** A git on the PATH that, each time it has ended, removes what another git had half made. */
function givenGitThatTidiesUpAfterItself(folder: string, half: string): void {
  const programs = join(folder, 'programs');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  write(programs, { git: `#!/bin/sh\n'${real}' "$@"\ncode=$?\nrm -rf '${half}'\nexit $code\n` });
  chmodSync(join(programs, 'git'), 0o755);
  const { PATH } = process.env;
  process.env['PATH'] = `${programs}:${PATH}`;
  onTestFinished(() => {
    process.env['PATH'] = PATH;
  });
}
