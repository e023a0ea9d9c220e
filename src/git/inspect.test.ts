import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { commitFiles, git, givenRepository } from './given-repository.js';
import { inspectRepository } from './inspect.js';
import { gitVersion, isGitNewEnough } from './version.js';

test('submodules, LFS, filters and merge drivers of a commit are named', async () => {
  const { folder, root, repo } = await givenRepository({
    'dir/.gitattributes': '*.bin filter=lfs merge=lfs\n*.md merge=union\n',
  });
  git(folder, 'init', '--quiet', 'inner');
  commitFiles(join(folder, 'inner'), { x: '' }, 'x');
  git(root, 'submodule', '--quiet', 'add', join(folder, 'inner'), 'third party');
  const commit = commitFiles(
    root,
    { '.gitattributes': '# filter=no\npackage-lock.json merge=npm\n' },
    'next',
  );
  expect(await inspectRepository(repo, commit)).toMatchObject({
    submodules: ['third party'],
    filters: ['lfs'],
    mergeDrivers: ['lfs', 'npm'],
    usesLfs: true,
    isCaseInsensitive: false,
  });
});

test('configuration that runs something is told apart: the person, the repository itself, foreign files', async () => {
  const { folder, root, repo, base } = await givenRepository({
    'in-tree.config': '[filter "evil"]\n\tclean = touch /tmp/x\n',
  });
  writeFileSync(
    join(folder, '.gitconfig'),
    '[filter "lfs"]\n\tclean = git-lfs clean\n[user]\n\tname = Ada\n',
  );
  git(root, 'config', 'merge.npm.driver', 'npx merge');
  git(root, 'config', 'core.hooksPath', '.husky');
  git(root, 'config', 'include.path', '../in-tree.config');
  const { settings } = await inspectRepository(repo, base);
  const seen = settings.filter(({ scope }) => scope !== 'system');
  expect(seen.map(({ key, scope, owner }) => `${key} ${scope} ${owner}`)).toEqual([
    'filter.lfs.clean global person',
    'core.hookspath local repository',
    'merge.npm.driver local repository',
    'include.path local repository',
    'filter.evil.clean local foreign',
  ]);
  expect(seen.at(-1)).toMatchObject({ value: 'touch /tmp/x', origin: join(root, 'in-tree.config') });
});

test('a plain repository has nothing to name', async () => {
  const { repo, base } = await givenRepository();
  expect(await inspectRepository(repo, base)).toMatchObject({
    submodules: [],
    filters: [],
    mergeDrivers: [],
    usesLfs: false,
  });
});

test('the version of git is read, and 2.38 is the oldest that will do', async () => {
  expect(isGitNewEnough(await gitVersion())).toBe(true);
  expect(isGitNewEnough({ major: 2, minor: 37, text: '2.37.9' })).toBe(false);
  expect(isGitNewEnough({ major: 3, minor: 0, text: '3.0' })).toBe(true);
});
