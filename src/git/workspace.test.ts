import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { commitFiles, git, givenRepository, write } from './given-repository.js';
import { openRepository } from './open-repository.js';

test('status tells tracked changes, staged or not, and untracked files, never ignored ones', async () => {
  const { root, repo } = await givenRepository({
    'm.txt': '1',
    'd.txt': '1',
    's t': '1',
    '.gitignore': 'ignored/\n',
  });
  write(root, { 'm.txt': '2', 's t': '2', 'new dir/ü\n.txt': 'x', 'ignored/x': 'x', added: 'x' });
  rmSync(join(root, 'd.txt'));
  git(root, 'add', 's t', 'added');
  git(root, 'init', '--quiet', 'nested');
  git(join(root, 'nested'), 'commit', '--quiet', '--allow-empty', '-m', 'x');
  expect(await repo.status(root)).toEqual({
    tracked: [
      { path: 'added', change: 'added' },
      { path: 'd.txt', change: 'deleted' },
      { path: 'm.txt', change: 'modified' },
      { path: 's t', change: 'modified' },
    ],
    untracked: ['new dir/ü\n.txt'],
    nested: ['nested'],
  });
});

test('everything that changed is committed, by names as they are, and nothing else', async () => {
  const { root, repo, base } = await givenRepository({
    'gone.txt': '1',
    'a*': '1',
    ab: '1',
    swap: '1',
    '.gitignore': '*.log\n',
  });
  rmSync(join(root, 'gone.txt'));
  rmSync(join(root, 'swap'));
  write(root, { 'a*': '2', '-n': 'x', ':(top)x': 'x', 'swap/inner': 'x', 'x.log': 'ignored' });
  git(root, 'init', '--quiet', 'nested');
  git(join(root, 'nested'), 'commit', '--quiet', '--allow-empty', '-m', 'x');
  const commit = await repo.commitAll(root, '# not a comment\n\nbody\n\nCallsheet-Task: t1\n');
  expect((await repo.changedPaths(base, commit ?? '')).map(({ path }) => path)).toEqual([
    '-n',
    ':(top)x',
    'a*',
    'gone.txt',
    'swap',
    'swap/inner',
  ]);
  expect((await repo.firstParentLog(base, commit ?? ''))[0]).toMatchObject({
    subject: '# not a comment',
    trailers: { 'Callsheet-Task': 't1' },
  });
  expect(await repo.headOf(root)).toBe(commit);
  expect(await repo.status(root)).toEqual({ tracked: [], untracked: [], nested: ['nested'] });
});

test('without changes, or with changes that git does not count, there is no commit', async () => {
  const { root, repo } = await givenRepository({ '.gitattributes': '* text=auto\n', 'a.txt': 'one\n' });
  expect(await repo.commitAll(root, 'nothing')).toBeUndefined();
  writeFileSync(join(root, 'a.txt'), 'one\r\n');
  expect(await repo.commitAll(root, 'line ends')).toBeUndefined();
});

test('a file that was taken out of git and is ignored now is committed as deleted and stays on disk', async () => {
  const { root, repo, base } = await givenRepository({ '.env': 'secret' });
  git(root, 'rm', '--quiet', '--cached', '.env');
  write(root, { '.gitignore': '.env\n' });
  const commit = (await repo.commitAll(root, 'untrack')) ?? '';
  expect(await repo.changedPaths(base, commit)).toEqual([
    { path: '.env', change: 'deleted' },
    { path: '.gitignore', change: 'added' },
  ]);
  expect(existsSync(join(root, '.env'))).toBe(true);
});

test('a merge that is under way becomes a commit with two parents', async () => {
  const { root, repo, base } = await givenRepository({ a: '1\n' });
  const one = commitFiles(root, { a: '2\n' }, 'one');
  git(root, 'checkout', '--quiet', '-b', 'side', base);
  const other = commitFiles(root, { a: '3\n' }, 'other');
  expect(() => git(root, 'merge', one)).toThrow();
  write(root, { a: 'resolved\n' });
  const commit = (await repo.commitAll(root, 'merged')) ?? '';
  expect(git(root, 'show', '-s', '--format=%P', commit)).toBe(`${other} ${one}`);
});

test('a commit works without any identity and with signing configured', async () => {
  const { root, repo } = await givenRepository();
  git(root, 'config', 'commit.gpgSign', 'true');
  git(root, 'config', 'gpg.program', 'false');
  git(root, 'config', 'user.useConfigOnly', 'true');
  write(root, { x: '1' });
  const commit = (await repo.commitAll(root, 'x')) ?? '';
  expect(git(root, 'show', '-s', '--format=%an %ce', commit)).toBe('callsheet callsheet@localhost');
});

test('a file that a filter refuses makes the commit fail, not silently incomplete', async () => {
  const { root, repo, base } = await givenRepository({ '.gitattributes': '*.bad filter=broken\n' });
  git(root, 'config', 'filter.broken.clean', 'false');
  git(root, 'config', 'filter.broken.required', 'true');
  write(root, { 'x.bad': '1', good: '1' });
  await expect(repo.commitAll(root, 'x')).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringContaining('x.bad'),
  });
  expect(await repo.headOf(root)).toBe(base);
});

test('a reset puts tracked files back and keeps ignored files and nested repositories', async () => {
  const { folder, repo, base, root } = await givenRepository({
    'a.txt': '1',
    '.gitignore': 'node_modules/\n',
  });
  const next = commitFiles(root, { 'a.txt': '2', 'b.txt': '2' }, 'next');
  const gate = join(folder, 'gate');
  await repo.addWorktree({ path: gate, commit: base });
  write(gate, { 'a.txt': 'dirty', 'left/over': 'x', 'node_modules/dep/index.js': 'warm' });
  git(gate, 'init', '--quiet', 'nested');
  git(join(gate, 'nested'), 'commit', '--quiet', '--allow-empty', '-m', 'x');
  await repo.resetTo(gate, next);
  expect(await repo.headOf(gate)).toBe(next);
  expect(readFileSync(join(gate, 'a.txt'), 'utf8')).toBe('2');
  expect(await repo.status(gate)).toEqual({ tracked: [], untracked: [], nested: ['nested'] });
  expect(existsSync(join(gate, 'node_modules/dep/index.js'))).toBe(true);
  expect(existsSync(join(gate, 'left'))).toBe(false);
});

test('a reset never moves a branch: HEAD leaves it when it has to', async () => {
  const { root, repo, base } = await givenRepository();
  const next = commitFiles(root, { 'a.txt': '2' }, 'next');
  write(root, { 'a.txt': 'dirty' });
  await repo.resetTo(root, next);
  expect(await repo.head()).toEqual({ branch: 'main', commit: next });
  await repo.resetTo(root, base);
  expect(await repo.head()).toEqual({ branch: undefined, commit: base });
  expect(await repo.resolve('main')).toBe(next);
});

test('a workspace that lost its .git is refused, not looked for in the repository around it', async () => {
  const { folder, repo, base } = await givenRepository();
  git(folder, 'init', '--quiet');
  const path = join(folder, 'w');
  await repo.addWorktree({ path, branch: 'x', commit: base });
  rmSync(join(path, '.git'));
  write(folder, { 'precious.txt': 'work' });
  const calls = [
    repo.resetTo(path, base),
    repo.commitAll(path, 'x'),
    repo.save(path, { message: 'x' }),
    repo.status(path),
    repo.headOf(path),
  ];
  for (const call of await Promise.allSettled(calls)) {
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'NOT_A_WORKSPACE' } });
  }
  expect(existsSync(join(folder, 'precious.txt'))).toBe(true);
  await expect(repo.status(join(folder, 'gone'))).rejects.toMatchObject({
    code: 'NOT_A_WORKSPACE',
    message: expect.stringContaining('is gone'),
  });
});

test('the head of a workspace is told when refs are packed, and undefined before the first commit', async () => {
  const { folder, root, repo, base } = await givenRepository();
  git(root, 'pack-refs', '--all');
  expect(await repo.headOf(root)).toBe(base);
  git(folder, 'init', '--quiet', 'empty');
  const empty = await openRepository(join(folder, 'empty'));
  expect(await empty.headOf(empty.root)).toBeUndefined();
});

test('a checkout is fast-forwarded with its branch; changes elsewhere stay', async () => {
  const { root, repo, base } = await givenRepository({ a: '1', b: '1' });
  const next = commitFiles(root, { a: '2', c: '2' }, 'next');
  git(root, 'reset', '--quiet', '--hard', base);
  write(root, { b: 'mine' });
  expect(await repo.fastForward(root, next)).toEqual({ moved: true });
  expect(await repo.head()).toEqual({ branch: 'main', commit: next });
  expect(readFileSync(join(root, 'b'), 'utf8')).toBe('mine');
  expect(readFileSync(join(root, 'c'), 'utf8')).toBe('2');
});

test('a fast-forward that would write uncommitted, untracked or ignored files changes nothing', async () => {
  const { root, repo, base } = await givenRepository({ a: '1', '.gitignore': 'x.log\n' });
  const next = commitFiles(root, { a: '2', c: '2' }, 'next');
  write(root, { 'x.log': 'landed' });
  git(root, 'add', '-f', 'x.log');
  const log = commitFiles(root, {}, 'log');
  git(root, 'reset', '--quiet', '--hard', base);
  write(root, { a: 'mine', c: 'mine', 'x.log': 'mine' });
  expect(await repo.fastForward(root, next)).toEqual({ moved: false, inTheWay: ['a', 'c'] });
  git(root, 'checkout', '--quiet', 'a');
  rmSync(join(root, 'c'));
  await expect(repo.fastForward(root, log)).rejects.toMatchObject({ code: 'GIT_FAILED' });
  expect(readFileSync(join(root, 'x.log'), 'utf8')).toBe('mine');
  expect(await repo.headOf(root)).toBe(base);
});

test('a commit that does not build on the checkout is no fast-forward', async () => {
  const { root, repo, base } = await givenRepository();
  commitFiles(root, { a: '2' }, 'next');
  await expect(repo.fastForward(root, base)).rejects.toMatchObject({ code: 'NOT_FAST_FORWARD' });
});
