import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { commitFiles, git, givenFolder, givenRepository } from './given-repository.js';
import { openRepository } from './open-repository.js';

test('a branch, a tag, a ref and an id resolve to their commit', async () => {
  const { root, repo, base } = await givenRepository();
  git(root, 'tag', '-a', '-m', 'first', 'v1');
  for (const name of ['main', 'HEAD', 'v1', 'refs/heads/main', base, base.slice(0, 10)]) {
    expect(await repo.resolve(name)).toBe(base);
  }
});

test.each([
  '-h',
  '--upload-pack=touch x',
  '@',
  '@{-1}',
  'main@{1}',
  'main..main',
  'main^',
  'main~1',
  'main:a.txt',
  ':/base',
  ':a.txt',
  'main\n',
  'ma in',
  '',
  'nothing',
  'main\0',
  'a*',
  '[m]ain',
  'f'.repeat(40),
  '0'.repeat(40),
])('%j is no name of a commit', async (name) => {
  const { repo } = await givenRepository();
  expect(await repo.resolve(name)).toBeUndefined();
});

test('head tells branch and commit, detached and unborn', async () => {
  const { folder, root, repo, base } = await givenRepository();
  expect(await repo.head()).toEqual({ branch: 'main', commit: base });
  git(root, 'checkout', '--quiet', '--detach');
  expect(await repo.head()).toEqual({ branch: undefined, commit: base });
  git(folder, 'init', '--quiet', '--initial-branch=first', 'empty');
  const empty = await openRepository(join(folder, 'empty'));
  expect(await empty.head()).toEqual({ branch: 'first', commit: undefined });
});

test('a ref moves only from where it is known to be', async () => {
  const { root, repo, base } = await givenRepository();
  const next = commitFiles(root, { 'a.txt': 'two\n' }, 'two');
  const ref = 'refs/heads/callsheet/r1/main';
  expect(await repo.updateRef(ref, base, next)).toBe(false);
  expect(await repo.updateRef(ref, base, undefined)).toBe(true);
  expect(await repo.updateRef(ref, next, undefined)).toBe(false);
  expect(await repo.updateRef(ref, next, next)).toBe(false);
  expect(await repo.updateRef(ref, next, base)).toBe(true);
  expect(await repo.deleteRef(ref, base)).toBe(false);
  expect(await repo.refs('refs/heads/callsheet/')).toEqual(new Map([[ref, next]]));
  expect(await repo.deleteRef(ref, next)).toBe(true);
  expect(await repo.deleteRef(ref, next)).toBe(false);
});

test('of many who move a ref at once, one does', async () => {
  const { root, repo, base } = await givenRepository();
  const next = commitFiles(root, { 'a.txt': 'two\n' }, 'two');
  await repo.updateRef('refs/callsheet/x', base, undefined);
  const moved = await Promise.all(
    Array.from({ length: 8 }, () => repo.updateRef('refs/callsheet/x', next, base)),
  );
  expect(moved.filter(Boolean)).toHaveLength(1);
});

test('a branch in the way of others is an error, not a mismatch, and is seen', async () => {
  const { root, repo, base } = await givenRepository();
  git(root, 'branch', 'callsheet');
  await expect(repo.updateRef('refs/heads/callsheet/r1/main', base, undefined)).rejects.toMatchObject({
    code: 'GIT_FAILED',
  });
  expect(await repo.refs('refs/heads/callsheet')).toEqual(new Map([['refs/heads/callsheet', base]]));
  expect(await repo.refs('refs/heads/call')).toEqual(new Map());
});

test('a ref that another git holds is tried again', async () => {
  const { root, repo, base } = await givenRepository();
  const lock = join(root, '.git/refs/heads/x.lock');
  writeFileSync(lock, '');
  const update = repo.updateRef('refs/heads/x', base, undefined);
  setTimeout(() => rmSync(lock), 100);
  expect(await update).toBe(true);
});

test('what is no full ref name or no id is refused before git sees it', async () => {
  const { repo, base } = await givenRepository();
  expect(() => repo.updateRef('--stdin', base, undefined)).toThrow(/not the full name of a ref/);
  expect(() => repo.updateRef('refs/heads/x', 'HEAD', undefined)).toThrow(/not the id of a git object/);
});

test('a repository with SHA-256 ids works the same', async () => {
  const folder = givenFolder();
  git(folder, 'init', '--quiet', '--object-format=sha256', '--initial-branch=main', 'repo');
  const root = join(folder, 'repo');
  const base = commitFiles(root, { a: '1' }, 'base');
  const repo = await openRepository(root);
  expect(await repo.updateRef('refs/heads/x', base, undefined)).toBe(true);
  expect(await repo.resolve('x')).toBe(base);
});

test('a branch resolves wherever git keeps it: in a file, packed, or behind a symbolic ref', async () => {
  const { root, repo, base } = await givenRepository();
  const next = commitFiles(root, { 'a.txt': 'two\n' }, 'two');
  git(root, 'update-ref', 'refs/heads/a/b', base);
  git(root, 'symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
  expect(await repo.resolve('refs/heads/a/b')).toBe(base);
  expect(await repo.resolve('refs/heads/a')).toBeUndefined();
  expect(await repo.resolve('refs/heads/alias')).toBe(next);
  git(root, 'pack-refs', '--all');
  expect(await repo.resolve('refs/heads/a/b')).toBe(base);
  git(root, 'update-ref', 'refs/heads/a/b', next);
  expect(await repo.resolve('refs/heads/a/b')).toBe(next);
  expect(await repo.resolve('refs/heads/a')).toBeUndefined();
  expect(await repo.resolve('refs/heads/b')).toBeUndefined();
  expect(await repo.resolve('refs/heads/main/x')).toBeUndefined();
  expect(await repo.head()).toEqual({ branch: 'main', commit: next });
  git(root, 'update-ref', '-d', 'refs/heads/a/b');
  expect(await repo.resolve('refs/heads/a/b')).toBeUndefined();
});

test('a branch whose file was emptied by a power cut is no branch, whatever it was when it was packed', async () => {
  const { root, repo, base } = await givenRepository();
  git(root, 'update-ref', 'refs/heads/x', base);
  git(root, 'pack-refs', '--all');
  writeFileSync(join(root, '.git/refs/heads/x'), '');
  expect(await repo.resolve('refs/heads/x')).toBeUndefined();
});

describe('a lock that a killed git left on a ref', () => {
  const lock = (root: string, ref: string) => {
    mkdirSync(dirname(join(root, '.git', ref)), { recursive: true });
    const file = join(root, '.git', `${ref}.lock`);
    writeFileSync(file, '');
    return file;
  };

  test.each(['refs/callsheet/snapshots/run-1/a.1.1', 'refs/heads/callsheet/run-1/a.1'])(
    'is removed where only callsheet and its agents write: %s',
    async (ref) => {
      const { root, repo, base } = await givenRepository();
      const file = lock(root, ref);
      expect(await repo.updateRef(ref, base, undefined)).toBe(true);
      expect(existsSync(file)).toBe(false);
      lock(root, ref);
      expect(await repo.deleteRef(ref, base)).toBe(true);
    },
  );

  test('is removed from all packed refs when no git works in the repository, and not before', async () => {
    const { root, repo, base } = await givenRepository();
    const ref = 'refs/callsheet/snapshots/run-1/a.1.1';
    git(root, 'update-ref', ref, base);
    // git by itself would wait a second for the lock, at each of our tries.
    git(root, 'config', 'core.packedRefsTimeout', '0');
    const file = lock(root, 'packed-refs');
    const ours = spawn('git', ['cat-file', '--batch'], { cwd: root, stdio: ['pipe', 'ignore', 'ignore'] });
    const reader = spawn('sh', ['-c', 'git cat-file --batch; exit'], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    reader.stdin.write('HEAD\n');
    await once(reader.stdout, 'data');
    await expect(repo.deleteRef(ref, base)).rejects.toMatchObject({ code: 'GIT_LOCKED' });
    expect(existsSync(file)).toBe(true);
    reader.stdin.end();
    await once(reader, 'exit');
    expect(await repo.deleteRef(ref, base)).toBe(true);
    expect(existsSync(file)).toBe(false);
    ours.stdin.end();
    await once(ours, 'exit');
  });

  test("stays on the person's own branches: nobody knows whose it is", async () => {
    const { root, repo, base } = await givenRepository();
    const file = lock(root, 'refs/heads/theirs');
    await expect(repo.updateRef('refs/heads/theirs', base, undefined)).rejects.toMatchObject({
      code: 'GIT_LOCKED',
    });
    expect(existsSync(file)).toBe(true);
  });
});
