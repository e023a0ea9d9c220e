import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { git, givenRepository, write } from './given-repository.js';

test('changes that index flags hide are seen again', async () => {
  const { folder, repo, base } = await givenRepository({ a: '1', b: '1', c: '1', same: '1' });
  const path = join(folder, 'w');
  await repo.addWorktree({ path, commit: base });
  git(path, 'update-index', '--assume-unchanged', 'a', 'c');
  git(path, 'update-index', '--skip-worktree', 'b', 'c', 'same');
  write(path, { a: 'changed', b: 'changed' });
  rmSync(join(path, 'c'));
  expect((await repo.status(path)).tracked).toEqual([]);
  await repo.releaseIndex(path);
  expect((await repo.status(path)).tracked).toEqual([
    { path: 'a', change: 'modified' },
    { path: 'b', change: 'modified' },
    { path: 'c', change: 'deleted' },
  ]);
});

test('a sparse checkout stays sparse: what is not checked out was not deleted', async () => {
  const { folder, repo, base } = await givenRepository({ 'in/a': '1', 'out/b': '1' });
  const path = join(folder, 'w');
  await repo.addWorktree({ path, commit: base });
  git(path, 'sparse-checkout', 'set', 'in');
  await repo.releaseIndex(path);
  expect((await repo.status(path)).tracked).toEqual([]);
  expect(existsSync(join(path, 'out/b'))).toBe(false);
});

test("the locks that a killed git left are removed in a worktree, never in the person's checkout", async () => {
  const { folder, root, repo, base } = await givenRepository({ a: '1' });
  const path = join(folder, 'w');
  await repo.addWorktree({ path, commit: base });
  const names = ['worktrees/w/index.lock', 'worktrees/w/HEAD.lock', 'index.lock', 'HEAD.lock'];
  const locks = names.map((name) => join(root, '.git', name));
  for (const lock of locks) writeFileSync(lock, '');
  await repo.releaseIndex(path);
  await repo.releaseIndex(root);
  expect(locks.map((lock) => existsSync(lock))).toEqual([false, false, true, true]);
});
