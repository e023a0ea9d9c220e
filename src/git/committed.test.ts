import { expect, test } from 'vitest';

import { contentHash } from '../read/index.js';
import { committedHashes } from './committed.js';
import { commitFiles, git, givenRepository } from './given-repository.js';

const hash = (text: string) => contentHash(Buffer.from(text), '');

/** Any start of git fails. */
async function withoutGit<T>(work: () => Promise<T>): Promise<T> {
  const { PATH } = process.env;
  process.env['PATH'] = '/nowhere';
  try {
    return await work();
  } finally {
    process.env['PATH'] = PATH;
  }
}

test('what was committed lately is read without starting git', async () => {
  const { root } = await givenRepository({ 'a.txt': 'a\n', 'lib/deep/ü b.txt': 'b\n' });
  const paths = ['a.txt', 'lib/deep/ü b.txt', 'lib', 'lib/none.txt', 'a.txt/below', 'none'];
  const found = await withoutGit(() => committedHashes(root, paths));
  expect([...found.keys()]).toEqual(['a.txt', 'lib/deep/ü b.txt', 'lib']);
  expect(found.get('a.txt')).toBe(hash('a\n'));
  expect(found.get('lib/deep/ü b.txt')).toBe(hash('b\n'));
});

test('for what is packed git is asked, also beside what is not', async () => {
  const { root } = await givenRepository({ 'a.txt': 'a\n', 'lib/b.txt': 'b\n' });
  git(root, 'gc', '--quiet');
  expect([...(await committedHashes(root, ['a.txt', 'none']))]).toEqual([['a.txt', hash('a\n')]]);
  expect((await withoutGit(() => committedHashes(root, ['a.txt'], false))).size).toBe(0);
  commitFiles(root, { 'a.txt': 'new\n' }, 'more');
  const found = await committedHashes(root, ['a.txt', 'lib/b.txt', 'lib/none']);
  expect([...found].sort()).toEqual([
    ['a.txt', hash('new\n')],
    ['lib/b.txt', hash('b\n')],
  ]);
});

test('each worktree is at its own commit', async () => {
  const { root, folder } = await givenRepository({ 'a.txt': 'a\n' });
  git(root, 'worktree', 'add', '--quiet', '-b', 'other', `${folder}/other`);
  commitFiles(`${folder}/other`, { 'a.txt': 'other\n' }, 'other');
  const at = async (checkout: string) =>
    withoutGit(async () => (await committedHashes(checkout, ['a.txt'])).get('a.txt'));
  expect(await at(root)).toBe(hash('a\n'));
  expect(await at(`${folder}/other`)).toBe(hash('other\n'));
});

test('nothing is committed before the first commit, and outside of a repository', async () => {
  const { root, folder } = await givenRepository({ 'a.txt': 'a\n' });
  git(root, 'checkout', '--quiet', '--orphan', 'fresh');
  expect((await committedHashes(root, ['a.txt'])).size).toBe(0);
  expect((await committedHashes(folder, ['a.txt'])).size).toBe(0);
});

test('a repository with SHA-256 is read as well', async () => {
  const { folder } = await givenRepository();
  const root = `${folder}/sha256`;
  git(folder, 'init', '--quiet', '--object-format=sha256', root);
  commitFiles(root, { 'lib/a.txt': 'a\n' }, 'base');
  const id = git(root, 'rev-parse', 'HEAD:lib/a.txt').trim();
  expect((await withoutGit(() => committedHashes(root, ['lib/a.txt']))).get('lib/a.txt')).toBe(id);
});
