import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { git, givenRepository, write } from './given-repository.js';
import { openRepository } from './open-repository.js';

function filesOf(root: string, commit: string): string[] {
  return git(root, '-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', commit).split('\n');
}

test('tracked changes and untracked files are saved on top of HEAD, ignored ones only where asked', async () => {
  const { root, repo, base } = await givenRepository({ a: '1', gone: '1', '.gitignore': 'out/\n*.env\n' });
  write(root, { a: '2', 'new/b': '1', 'out/x': '1', 'local.env': 'S=1', 'deep/.env': 'S=2' });
  rmSync(join(root, 'gone'));
  const saved = await repo.save(root, { message: 'snapshot', keep: ['**/*.env'] });
  expect(saved.leftOut).toEqual([]);
  expect(filesOf(root, saved.commit)).toEqual(['.gitignore', 'a', 'deep/.env', 'local.env', 'new/b']);
  expect(git(root, 'show', `${saved.commit}:a`)).toBe('2');
  expect(git(root, 'show', '-s', '--format=%P %T', saved.commit)).toBe(`${base} ${saved.tree}`);
});

test('files that are named are saved whatever they are: ignored, large, hidden by a flag of the index, gone', async () => {
  const { root, repo } = await givenRepository({
    hidden: '1',
    skipped: '1',
    gone: '1',
    '.gitignore': 'ignored\n',
  });
  git(root, 'update-index', '--assume-unchanged', 'hidden');
  git(root, 'update-index', '--skip-worktree', 'skipped');
  rmSync(join(root, 'gone'));
  write(root, {
    hidden: '2',
    skipped: '2',
    ignored: '2',
    large: Buffer.alloc(5 * 1024 * 1024 + 1),
    other: '2',
  });
  const indexBefore = readFileSync(join(root, '.git/index'));
  const files = ['hidden', 'skipped', 'ignored', 'large', 'gone', 'never'];
  const { commit, leftOut } = await repo.save(root, { message: 'snapshot', files });
  expect(leftOut).toEqual([]);
  expect(filesOf(root, commit)).toEqual(['.gitignore', 'hidden', 'ignored', 'large', 'other', 'skipped']);
  for (const name of ['hidden', 'skipped', 'ignored'])
    expect(git(root, 'show', `${commit}:${name}`)).toBe('2');
  expect(readFileSync(join(root, '.git/index'))).toEqual(indexBefore);
});

test('neither the index nor a file of the workspace is touched', async () => {
  const { root, repo } = await givenRepository({ a: '1', b: '1' });
  write(root, { a: 'staged' });
  git(root, 'add', 'a');
  write(root, { a: 'on disk', new: '1' });
  const indexBefore = readFileSync(join(root, '.git/index'));
  const statusBefore = git(root, 'status', '--porcelain');
  const modifiedBefore = statSync(join(root, 'a')).mtimeMs;
  writeFileSync(join(root, '.git/index.lock'), '');
  const saved = await repo.save(root, { message: 'snapshot' });
  expect(git(root, 'show', `${saved.commit}:a`)).toBe('on disk');
  expect(readFileSync(join(root, '.git/index'))).toEqual(indexBefore);
  rmSync(join(root, '.git/index.lock'));
  expect(git(root, 'status', '--porcelain')).toBe(statusBefore);
  expect(statSync(join(root, 'a')).mtimeMs).toBe(modifiedBefore);
  expect(readdirSync(join(root, '.git/callsheet/tmp'))).toEqual([]);
});

test('what cannot be saved is named with the reason, and all the rest is saved', async () => {
  const { root, repo } = await givenRepository({
    a: '1',
    '.gitattributes': '*.bad filter=broken\n',
    tracked: '1',
  });
  git(root, 'config', 'filter.broken.clean', 'false');
  git(root, 'config', 'filter.broken.required', 'true');
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`many/${at}`, `${at}`]));
  write(root, {
    ...many,
    'x.bad': '1',
    'many/7.bad': '1',
    large: Buffer.alloc(5 * 1024 * 1024 + 1),
    a: Buffer.alloc(6 * 1024 * 1024),
  });
  git(root, 'init', '--quiet', 'nested');
  git(join(root, 'nested'), 'commit', '--quiet', '--allow-empty', '-m', 'x');
  rmSync(join(root, 'tracked'));
  execFileSync('mkfifo', [join(root, 'tracked')]);
  const { commit, leftOut } = await repo.save(root, { message: 'snapshot' });
  const reasons = Object.fromEntries(leftOut.map(({ path, reason }) => [path, reason]));
  expect(Object.keys(reasons).sort()).toEqual(['large', 'many/7.bad', 'nested', 'tracked', 'x.bad']);
  expect(reasons).toMatchObject({
    nested: 'a nested repository',
    large: expect.stringContaining('5.0 MB'),
    'x.bad': expect.stringContaining("filter 'broken'"),
  });
  expect(filesOf(root, commit).filter((path) => path.startsWith('many/'))).toHaveLength(40);
  expect(git(root, 'cat-file', '-s', `${commit}:a`)).toBe(`${6 * 1024 * 1024}`);
});

test('a name that is not UTF-8 is saved and committed like any other', async () => {
  const { root, repo, base } = await givenRepository();
  const name = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0x2e, 0x74])]);
  writeFileSync(name, 'bytes');
  const { commit } = await repo.save(root, { message: 'snapshot' });
  expect(await repo.changedPaths(base, commit)).toHaveLength(1);
  expect(await repo.commitAll(root, 'all')).toBeDefined();
  expect((await repo.status(root)).untracked).toEqual([]);
});

test('a conflict that is not resolved yet is saved as it is on disk', async () => {
  const { root, repo, base } = await givenRepository({ a: '1\n' });
  write(root, { a: '2\n' });
  const one = await repo.commitAll(root, 'one');
  git(root, 'checkout', '--quiet', '--detach', base);
  write(root, { a: '3\n' });
  await repo.commitAll(root, 'other');
  expect(() => git(root, 'merge', one ?? '')).toThrow();
  expect((await repo.status(root)).tracked).toEqual([{ path: 'a', change: 'modified' }]);
  const { commit } = await repo.save(root, { message: 'snapshot' });
  expect(git(root, 'show', `${commit}:a`)).toContain('<<<<<<<');
  expect(git(root, 'status', '--porcelain')).toBe('UU a');
});

test('before the first commit, a snapshot has no parent', async () => {
  const { folder } = await givenRepository();
  git(folder, 'init', '--quiet', 'empty');
  const root = join(folder, 'empty');
  write(root, { a: '1' });
  const { commit } = await (await openRepository(root)).save(root, { message: 'snapshot' });
  expect(git(root, 'show', '-s', '--format=%P', commit)).toBe('');
  expect(filesOf(root, commit)).toEqual(['a']);
});

test('a workspace whose checkout never ended is not saved as if its files were deleted', async () => {
  const { folder, root, repo } = await givenRepository({ a: '1', b: '1' });
  git(root, 'worktree', 'add', '--quiet', '--no-checkout', '--detach', '../half');
  write(join(folder, 'half'), { b: 'changed', c: 'new' });
  const { commit } = await repo.save(join(folder, 'half'), { message: 'snapshot' });
  expect(filesOf(root, commit)).toEqual(['a', 'b', 'c']);
  expect(git(root, 'show', `${commit}:b`)).toBe('changed');
});

test('a snapshot made beside a running commit of the workspace still works', async () => {
  const { root, repo } = await givenRepository();
  mkdirSync(join(root, 'many'));
  for (let at = 0; at < 200; at += 1) writeFileSync(join(root, 'many', `${at}`), `${at}`);
  const [saved, committed] = await Promise.all([
    repo.save(root, { message: 's' }),
    repo.commitAll(root, 'c'),
  ]);
  expect(committed).toBeDefined();
  expect(filesOf(root, saved.commit)).toHaveLength(201);
  expect(existsSync(join(root, 'many/0'))).toBe(true);
});

test('an unmerged file that a filter refuses does not keep the rest from being saved', async () => {
  const { root, repo, base } = await givenRepository({ 'a.bad': '1\n', b: '1' });
  write(root, { 'a.bad': '2\n' });
  const one = (await repo.commitAll(root, 'one')) ?? '';
  git(root, 'checkout', '--quiet', '--detach', base);
  write(root, { 'a.bad': '3\n' });
  await repo.commitAll(root, 'other');
  expect(() => git(root, 'merge', one)).toThrow();
  git(root, 'config', 'filter.broken.clean', 'false');
  git(root, 'config', 'filter.broken.required', 'true');
  write(root, { '.git/info/attributes': '*.bad filter=broken\n', b: '2' });
  const { commit, leftOut } = await repo.save(root, { message: 'snapshot' });
  expect(leftOut.map(({ path }) => path)).toEqual(['a.bad']);
  expect(git(root, 'show', `${commit}:b`)).toBe('2');
});

test('changes inside a submodule are named, its new commit is saved', async () => {
  const { folder, root, repo } = await givenRepository();
  git(folder, 'clone', '--quiet', root, 'inner');
  git(root, 'submodule', '--quiet', 'add', join(folder, 'inner'), 'sub');
  git(root, 'commit', '--quiet', '-m', 'sub');
  git(join(root, 'sub'), 'commit', '--quiet', '--allow-empty', '-m', 'inner');
  write(root, { 'sub/new': 'x' });
  const { commit, leftOut } = await repo.save(root, { message: 'snapshot' });
  expect(leftOut).toEqual([{ path: 'sub', reason: 'changes inside a submodule' }]);
  expect(git(root, 'rev-parse', `${commit}:sub`)).toBe(git(join(root, 'sub'), 'rev-parse', 'HEAD'));
});

test('an edit of the same size in the second of the checkout is saved, also when that is a while ago', async () => {
  const second = () => Math.floor(Date.now() / 1_000);
  const { repo, root } = await givenRepository({ 'a.txt': 'one\n' });
  // All of it has to happen within one second, as an agent that is quick makes it happen.
  for (let before = -1; before !== second();) {
    before = second();
    write(root, { 'a.txt': 'one\n' });
    git(root, 'checkout', '--quiet', '--force', 'HEAD', '--', 'a.txt');
    git(root, 'update-index', '--refresh');
    write(root, { 'a.txt': 'two\n' });
  }
  // What is waited for is the clock itself: the copy of the index must be made in a later second.
  const edited = second();
  await vi.waitUntil(() => second() > edited, { interval: 20, timeout: 3_000 });
  const { commit } = await repo.save(root, { message: 'x' });
  expect(git(root, 'show', `${commit}:a.txt`)).toBe('two');
});
