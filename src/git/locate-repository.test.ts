import { mkdirSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { commitFiles, git, givenFolder, givenRepository } from './given-repository.js';
import { locateCommonDir, locateRepository } from './locate-repository.js';
import { openRepository } from './open-repository.js';

function commonDirByGit(cwd: string): string {
  return realpathSync(git(cwd, 'rev-parse', '--path-format=absolute', '--git-common-dir'));
}

test('a subfolder, a linked worktree and a link to the checkout lead to the same repository', async () => {
  const { folder, root, repo } = await givenRepository({ 'src/deep/a.ts': '' });
  git(root, 'worktree', 'add', '--quiet', '../linked');
  symlinkSync(root, join(folder, 'link'));
  for (const cwd of [root, join(root, 'src/deep'), join(folder, 'linked/src'), join(folder, 'link/src')]) {
    expect(locateCommonDir(cwd)).toBe(join(root, '.git'));
    expect((await openRepository(cwd)).commonDir).toBe(join(root, '.git'));
  }
  expect(locateRepository(join(folder, 'linked/src'))).toMatchObject({
    root: join(folder, 'linked'),
    hasCheckout: true,
  });
  expect(repo).toMatchObject({ root, isBare: false });
});

test('a bare repository, its worktrees, and a folder inside of it are found', async () => {
  const { folder, root } = await givenRepository();
  const bare = join(folder, 'bare.git');
  git(folder, 'clone', '--quiet', '--bare', root, bare);
  git(bare, 'worktree', 'add', '--quiet', '../of-bare');
  expect(await openRepository(bare)).toMatchObject({ root: bare, commonDir: bare, isBare: true });
  expect(await openRepository(join(bare, 'refs'))).toMatchObject({
    root: bare,
    commonDir: bare,
    isBare: true,
  });
  expect(await openRepository(join(folder, 'of-bare'))).toMatchObject({
    root: join(folder, 'of-bare'),
    commonDir: bare,
    isBare: false,
  });
  expect((await (await openRepository(bare)).worktrees())[0]).toMatchObject({ path: bare, isBare: true });
});

test('a submodule is a repository of its own, also when asked from a worktree of it', async () => {
  const { folder, root } = await givenRepository();
  const outer = join(folder, 'outer');
  git(folder, 'init', '--quiet', outer);
  git(outer, 'submodule', '--quiet', 'add', root, 'sub');
  git(join(outer, 'sub'), 'worktree', 'add', '--quiet', '--detach', '../../of-sub');
  const commonDir = join(outer, '.git/modules/sub');
  expect(await openRepository(join(outer, 'sub'))).toMatchObject({
    root: join(outer, 'sub'),
    commonDir,
    isBare: false,
  });
  expect(await openRepository(join(folder, 'of-sub'))).toMatchObject({
    root: join(folder, 'of-sub'),
    commonDir,
  });
  expect(commonDirByGit(join(folder, 'of-sub'))).toBe(commonDir);
});

test('a separate git folder, and a configuration that says bare, are understood as git does', async () => {
  const { folder, root } = await givenRepository();
  git(folder, 'clone', '--quiet', '--separate-git-dir', join(folder, 'store'), root, 'work');
  expect(await openRepository(join(folder, 'work'))).toMatchObject({
    root: join(folder, 'work'),
    commonDir: join(folder, 'store'),
  });
  git(root, 'config', 'core.bare', 'true');
  expect(await openRepository(root)).toMatchObject({ root: join(root, '.git'), isBare: true });
});

test('outside of any repository there is none', async () => {
  const folder = givenFolder();
  expect(locateRepository(folder)).toBeUndefined();
  expect(locateRepository(join(folder, 'gone'))).toBeUndefined();
  await expect(openRepository(folder)).rejects.toMatchObject({
    code: 'NOT_A_REPOSITORY',
    hint: expect.stringContaining('git init'),
  });
});

test('an empty .git folder is passed by, as git does', async () => {
  const { root } = await givenRepository();
  mkdirSync(join(root, 'inner/.git'), { recursive: true });
  expect(locateRepository(join(root, 'inner'))?.root).toBe(root);
});

test('a .git file or a commondir that leads nowhere or to another repository is an error in plain words', async () => {
  const { folder, root } = await givenRepository();
  git(root, 'worktree', 'add', '--quiet', '../linked');
  git(folder, 'init', '--quiet', 'other');
  writeFileSync(join(root, '.git/worktrees/linked/commondir'), join(folder, 'other/.git'));
  expect(() => locateCommonDir(join(folder, 'linked'))).toThrow(/which is another repository/);
  writeFileSync(join(root, '.git/worktrees/linked/commondir'), '../../nowhere\n');
  expect(() => locateCommonDir(join(folder, 'linked'))).toThrow(/which is no repository/);
  renameSync(root, join(folder, 'moved'));
  await expect(openRepository(join(folder, 'linked'))).rejects.toMatchObject({
    code: 'BROKEN_REPOSITORY',
    hint: expect.stringContaining('repair'),
  });
  writeFileSync(join(folder, 'linked/.git'), 'nonsense');
  expect(() => locateCommonDir(join(folder, 'linked'))).toThrow(/does not say where/);
});

test('a repository whose head git cannot read is refused in plain words', async () => {
  const { root } = await givenRepository();
  writeFileSync(join(root, '.git/config'), '[core]\nrepositoryformatversion = 99\n');
  await expect(openRepository(root)).rejects.toMatchObject({ code: 'BROKEN_REPOSITORY' });
});

test('paths with line breaks and spaces are kept', async () => {
  const folder = join(givenFolder(), 'two\nlines ');
  mkdirSync(folder);
  git(folder, 'init', '--quiet');
  commitFiles(folder, { a: '' }, 'base');
  expect((await openRepository(folder)).root).toBe(folder);
});
