import { expect, test } from 'vitest';

import { commitFiles, git, givenRepository } from './given-repository.js';

async function givenTwoSides() {
  const given = await givenRepository({ a: 'base\n' });
  const { root } = given;
  git(root, 'checkout', '--quiet', '-b', 'theirs');
  const theirs = commitFiles(root, { a: 'theirs\n' }, 'theirs');
  const path = `${given.folder}/w`;
  git(root, 'worktree', 'add', '--quiet', '-b', 'ours', path, given.base);
  const ours = commitFiles(path, { a: 'ours\n' }, 'ours');
  return { ...given, path, theirs, ours };
}

function attempt(path: string, ...args: string[]): void {
  expect(() => git(path, ...args)).toThrow();
}

test.each([
  ['merge', 'a merge', 'merge --quiet theirs'],
  ['rebase', 'a rebase', 'rebase --quiet theirs'],
  ['rebase of patches', 'a rebase', 'rebase --quiet --apply theirs'],
  ['cherry-pick', 'a cherry-pick', 'cherry-pick theirs'],
  ['revert', 'a revert', 'revert --no-edit theirs'],
])('a %s that stopped is unfinished until it is aborted', async (_, name, command) => {
  const { repo, path } = await givenTwoSides();
  expect(await repo.unfinished(path)).toBeUndefined();
  attempt(path, ...command.split(' '));
  expect(await repo.unfinished(path)).toBe(name);
  git(path, command.split(' ')[0] ?? '', '--abort');
  expect(await repo.unfinished(path)).toBeUndefined();
});

test('a bisection is unfinished, and so are conflicts that no operation explains', async () => {
  const { repo, path, base } = await givenTwoSides();
  git(path, 'bisect', 'start', 'HEAD', base);
  expect(await repo.unfinished(path)).toBe('a bisection');
  git(path, 'bisect', 'reset');
  attempt(path, 'merge', '--quiet', '--squash', 'theirs');
  expect(await repo.unfinished(path)).toBe('conflicts in its index');
});
