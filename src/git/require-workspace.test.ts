import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { git, givenRepository, write } from './given-repository.js';

async function givenTwoWorktrees() {
  const given = await givenRepository();
  const [one, other] = [join(given.folder, 'one'), join(given.folder, 'other')];
  await given.repo.addWorktree({ path: one, branch: 'one', commit: given.base });
  await given.repo.addWorktree({ path: other, branch: 'other', commit: given.base });
  write(given.root, { 'a.txt': 'the work of the person\n', 'mine.txt': 'not committed\n' });
  return { ...given, one, other };
}

test('a link in place of a workspace leads no commit into what it points at', async () => {
  const { repo, root, base, one } = await givenTwoWorktrees();
  rmSync(one, { recursive: true });
  symlinkSync(root, one);
  for (const write of [
    () => repo.commitAll(one, 'x'),
    () => repo.save(one, { message: 'x' }),
    () => repo.resetTo(one, base),
  ])
    await expect(write()).rejects.toMatchObject({ code: 'NOT_A_WORKSPACE' });
  expect(git(root, 'rev-parse', 'main')).toBe(base);
  expect(git(root, 'status', '--porcelain')).toBe('M a.txt\n?? mine.txt');
});

test('the .git of the checkout or of another worktree in place of its own is refused', async () => {
  const { repo, root, base, one, other } = await givenTwoWorktrees();
  writeFileSync(join(one, '.git'), `gitdir: ${join(root, '.git')}\n`);
  await expect(repo.commitAll(one, 'x')).rejects.toMatchObject({ code: 'NOT_A_WORKSPACE' });
  renameSync(join(other, '.git'), join(one, '.git'));
  await expect(repo.commitAll(one, 'x')).rejects.toMatchObject({ code: 'NOT_A_WORKSPACE' });
  expect([git(root, 'rev-parse', 'main'), git(root, 'rev-parse', 'other')]).toEqual([base, base]);
});

test('a branch is held by whoever has it checked out, or is in the middle of a rebase of it', async () => {
  const { repo, root, one } = await givenTwoWorktrees();
  expect(await repo.holderOf('one')).toEqual({ path: one, why: 'is checked out' });
  expect(await repo.holderOf('main')).toEqual({ path: root, why: 'is checked out' });
  expect(await repo.holderOf('nobody')).toBeUndefined();
  git(one, 'commit', '--quiet', '--allow-empty', '-m', 'one');
  expect(() =>
    git(
      one,
      '-c',
      'sequence.editor=sed -i s/pick/edit/',
      'rebase',
      '--quiet',
      '-i',
      '--keep-empty',
      'HEAD~1',
    ),
  ).not.toThrow();
  expect(await repo.holderOf('one')).toEqual({ path: one, why: 'is being rebased' });
});
