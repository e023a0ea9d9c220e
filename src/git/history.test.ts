import { expect, test } from 'vitest';

import { commitFiles, git, givenRepository } from './given-repository.js';

test('changed paths are sorted, and a rename is a deletion and an addition', async () => {
  const { root, repo, base } = await givenRepository({
    'b.txt': 'b\n',
    'a b.txt': 'a\n',
    gone: 'g\n',
    ':(glob)*': 'x',
  });
  git(root, 'mv', 'gone', 'came');
  const next = commitFiles(root, { 'b.txt': 'changed\n', 'new\nline': '', ünï: '' }, 'next');
  expect(await repo.changedPaths(base, next)).toEqual([
    { path: 'b.txt', change: 'modified' },
    { path: 'came', change: 'added' },
    { path: 'gone', change: 'deleted' },
    { path: 'new\nline', change: 'added' },
    { path: 'ünï', change: 'added' },
  ]);
  expect(await repo.changedPaths(await repo.treeOf(base), await repo.treeOf(base))).toEqual([]);
});

test('a diff ignores external tools, colours and the settings of the user', async () => {
  const { root, repo, base } = await givenRepository({
    'a.txt': 'one\n',
    'b.txt': 'x\n',
    '.gitattributes': '*.txt diff=up\n',
  });
  git(root, 'config', 'diff.external', 'false');
  git(root, 'config', 'diff.up.textconv', 'false');
  git(root, 'config', 'diff.noprefix', 'true');
  git(root, 'config', 'color.ui', 'always');
  const next = commitFiles(root, { 'a.txt': 'two\n', 'b.txt': 'y\n' }, 'next');
  const text = await repo.diff(base, next, { paths: ['a.txt'] });
  expect(text).toContain('--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n');
  expect(text).not.toContain('b.txt');
});

test('a long diff is cut at the number of characters asked for, and says so', async () => {
  const { root, repo, base } = await givenRepository();
  const next = commitFiles(root, { 'a.txt': 'ä€\n'.repeat(200_000) }, 'next');
  const text = await repo.diff(base, next, { maxChars: 500 });
  expect(text).toHaveLength(500);
  expect(text).toMatch(/… cut at 500 characters …\n$/);
});

test('the log follows first parents, oldest first, with trailers', async () => {
  const { root, repo, base } = await givenRepository();
  git(root, 'checkout', '--quiet', '-b', 'side');
  const side = commitFiles(root, { side: '1' }, 'side');
  git(root, 'checkout', '--quiet', 'main');
  const first = commitFiles(
    root,
    { first: '1' },
    'First: a thing\n\nBody\n\nCallsheet-Run: r1\nCallsheet-Task: t1\nCallsheet-Task: t2\n  folded',
  );
  const tree = git(root, 'merge-tree', '--write-tree', first, side);
  const merged = await repo.commitTree({
    tree,
    parents: [first, side],
    message: 'Land\n\nconstructor: x\nCallsheet-Attempt: 2\n',
  });
  const log = await repo.firstParentLog(base, merged);
  expect(log.map(({ commit, parents, subject }) => ({ commit, parents, subject }))).toEqual([
    { commit: first, parents: [base], subject: 'First: a thing' },
    { commit: merged, parents: [first, side], subject: 'Land' },
  ]);
  expect(log[0]?.trailers).toEqual({ 'Callsheet-Run': 'r1', 'Callsheet-Task': 't2 folded' });
  expect(log[1]).toMatchObject({ tree, trailers: { constructor: 'x', 'Callsheet-Attempt': '2' } });
  expect(await repo.firstParentLog(merged, merged)).toEqual([]);
});

test('ancestry and merge base are told, also of histories without a common commit', async () => {
  const { root, repo, base } = await givenRepository();
  const next = commitFiles(root, { a: '1' }, 'next');
  git(root, 'checkout', '--quiet', '--orphan', 'other');
  const other = commitFiles(root, { b: '1' }, 'other');
  expect(await repo.isAncestor(base, next)).toBe(true);
  expect(await repo.isAncestor(next, base)).toBe(false);
  expect(await repo.mergeBase(base, next)).toBe(base);
  expect(await repo.mergeBase(next, other)).toBeUndefined();
});

test('files are read byte by byte; what is not there is undefined', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128]);
  const { repo, base } = await givenRepository({ 'dir/bin': bytes, empty: '', '-x\n y': 'odd' });
  expect(await repo.fileAt(base, 'dir/bin')).toEqual(bytes);
  expect(await repo.fileAt(base, 'empty')).toEqual(Buffer.alloc(0));
  expect((await repo.fileAt(base, '-x\n y'))?.toString()).toBe('odd');
  for (const path of ['dir', 'nothing', './empty', '../repo/empty', '', 'a\0b'])
    expect(await repo.fileAt(base, path)).toBeUndefined();
});

test('hashes are of exactly the paths asked for, not of patterns', async () => {
  const { root, repo, base } = await givenRepository({ 'a*': '1', ab: '2', 'x\ny': '3', 'dir/f': '4' });
  const hashes = await repo.hashesAt(base, [
    'a*',
    'no\nsuch missing',
    'x\ny',
    ':(glob)**',
    'dir',
    '../ab',
    'ab',
  ]);
  expect([...hashes.keys()]).toEqual(['a*', 'x\ny', 'dir', 'ab']);
  expect(hashes.get('ab')).toBe(git(root, 'rev-parse', `${base}:ab`));
  expect(await repo.hashesAt(base, [])).toEqual(new Map());
});

test('commits carry the identity of the user, or our own when there is none', async () => {
  const { root, repo, base } = await givenRepository();
  const tree = await repo.treeOf(base);
  const nobody = await repo.commitTree({ tree, parents: [base], message: 'x' });
  expect(git(root, 'show', '-s', '--format=%an <%ae> %cn <%ce>', nobody)).toBe(
    'callsheet <callsheet@localhost> callsheet <callsheet@localhost>',
  );
});

test('an identity with a separate author is followed', async () => {
  const { root, repo, base } = await givenRepository();
  git(root, 'config', 'user.name', 'Grace');
  git(root, 'config', 'user.email', 'grace@example.org');
  git(root, 'config', 'author.name', 'Team');
  const commit = await repo.commitTree({ tree: await repo.treeOf(base), parents: [base], message: 'x' });
  expect(git(root, 'show', '-s', '--format=%an <%ae> %cn', commit)).toBe('Team <grace@example.org> Grace');
});
