import { join } from 'node:path';

import { expect, test } from 'vitest';

import { commitFiles, git, givenRepository, write } from './given-repository.js';

async function givenSubmodule() {
  const given = await givenRepository({ a: '1' });
  const { folder, root, repo } = given;
  const library = join(folder, 'library');
  git(folder, 'init', '--quiet', library);
  commitFiles(library, { lib: '1' }, 'library');
  git(root, 'submodule', '--quiet', 'add', library, 'sub');
  git(root, 'commit', '--quiet', '-m', 'submodule');
  const base = git(root, 'rev-parse', 'HEAD');
  const path = join(folder, 'w');
  await repo.addWorktree({ path, commit: base });
  return { ...given, path, base };
}

test('a repository that was added to the index is named as not saved, committed or not', async () => {
  const { folder, repo, base } = await givenRepository({ a: '1' });
  const path = join(folder, 'w');
  await repo.addWorktree({ path, commit: base });
  git(path, 'init', '--quiet', 'sub');
  commitFiles(join(path, 'sub'), { inner: 'precious' }, 'inner');
  git(path, 'add', 'sub');
  const leftOut = [{ path: 'sub', reason: 'a nested repository' }];
  expect((await repo.save(path, { message: 'snapshot' })).leftOut).toEqual(leftOut);
  git(path, 'commit', '--quiet', '-m', 'sub');
  expect((await repo.save(path, { message: 'snapshot' })).leftOut).toEqual(leftOut);
  expect(await repo.ownRepositories(path)).toEqual(['sub']);
  expect(await repo.addedRepositories(base, git(path, 'rev-parse', 'HEAD'))).toEqual(['sub']);
});

test('a submodule is nothing to keep, checked out or not, until it has commits of its own', async () => {
  const { root, repo, path } = await givenSubmodule();
  expect(await repo.ownRepositories(path)).toEqual([]);
  git(path, 'submodule', '--quiet', 'update', '--init');
  expect(await repo.ownRepositories(path)).toEqual([]);
  commitFiles(join(path, 'sub'), { lib: '2' }, 'mine');
  expect(await repo.ownRepositories(path)).toEqual(['sub']);
  git(path, 'commit', '--quiet', '-am', 'newer');
  expect(await repo.ownRepositories(path)).toEqual(['sub']);
  expect(await repo.ownRepositories(root)).toEqual([]);
});

test('a submodule that was moved or set to another commit is no added repository', async () => {
  const { repo, path, base } = await givenSubmodule();
  git(path, 'submodule', '--quiet', 'update', '--init');
  git(path, 'mv', 'sub', 'moved');
  write(path, { b: '1' });
  const moved = await repo.commitAll(path, 'moved');
  expect(await repo.addedRepositories(base, moved ?? '')).toEqual([]);
  commitFiles(join(path, 'moved'), { lib: '2' }, 'mine');
  const bumped = await repo.commitAll(path, 'bumped');
  expect(await repo.addedRepositories(moved ?? '', bumped ?? '')).toEqual([]);
});
