import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { commitFiles, git, givenRepository, type Given } from './given-repository.js';
import type { FileConflict, MergeResult } from './repository.js';

type Change = (root: string) => void;

async function merged(given: Given, ours: Change, theirs: Change): Promise<MergeResult> {
  const { root, repo, base } = given;
  ours(root);
  const one = commitFiles(root, {}, 'ours');
  git(root, 'checkout', '--quiet', '--detach', base);
  theirs(root);
  const other = commitFiles(root, {}, 'theirs');
  git(root, 'checkout', '--quiet', '--detach', base);
  return repo.merge(one, other, { cwd: root });
}

function writing(path: string, content: string | Buffer): Change {
  return (root) => writeFileSync(join(root, path), content);
}

function conflictsOf(result: MergeResult): FileConflict[] {
  return result.clean ? [] : result.conflicts;
}

test('changes that do not touch each other merge to one tree, and no file or index changes', async () => {
  const given = await givenRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const result = await merged(given, writing('a.txt', 'A\n'), writing('b.txt', 'B\n'));
  expect(result).toMatchObject({ clean: true });
  const tree = result.clean ? result.tree : '';
  expect(git(given.root, 'show', `${tree}:a.txt`)).toBe('A');
  expect(git(given.root, 'show', `${tree}:b.txt`)).toBe('B');
  expect(git(given.root, 'status', '--porcelain')).toBe('');
});

test('a conflict in the same lines shows them with their markers', async () => {
  const given = await givenRepository({ 'dir/a b.txt': 'top\nmiddle\nend\n' });
  const result = await merged(
    given,
    writing('dir/a b.txt', 'top\nours\nend\n'),
    writing('dir/a b.txt', 'top\ntheirs\nend\n'),
  );
  const [conflict, ...others] = conflictsOf(result);
  expect(others).toEqual([]);
  expect(conflict).toMatchObject({ path: 'dir/a b.txt', kind: 'content' });
  expect(conflict?.hunks).toMatch(/^<<<<<<< .*\nours\n=======\ntheirs\n>>>>>>> .*$/);
});

test('each kind of conflict is named as git names it', async () => {
  const given = await givenRepository({ gone: 'g\n', bin: Buffer.from([0, 1]), moved: 'a\nb\nc\nd\n' });
  const ours: Change = (root) => {
    git(root, 'rm', '--quiet', 'gone');
    git(root, 'mv', 'moved', 'here');
    writeFileSync(join(root, 'bin'), Buffer.from([0, 2]));
    writeFileSync(join(root, 'new'), 'ours\n');
  };
  const theirs: Change = (root) => {
    git(root, 'mv', 'moved', 'there');
    writeFileSync(join(root, 'gone'), 'changed\n');
    writeFileSync(join(root, 'bin'), Buffer.from([0, 3]));
    writeFileSync(join(root, 'new'), 'theirs\n');
  };
  const conflicts = conflictsOf(await merged(given, ours, theirs));
  expect(conflicts.map(({ path, kind }) => `${path}: ${kind}`)).toEqual([
    'bin: binary',
    'gone: modify/delete',
    'here: rename/rename',
    'moved: rename/rename',
    'new: add/add',
    'there: rename/rename',
  ]);
  expect(conflicts.find(({ path }) => path === 'bin')?.hunks).toBe('');
  expect(conflicts.find(({ path }) => path === 'new')?.hunks).toContain('ours\n=======\ntheirs');
});

test('long conflicts are shown in at most 4,000 characters', async () => {
  const given = await givenRepository({ a: 'x\n' });
  const conflicts = conflictsOf(
    await merged(given, writing('a', 'o\n'.repeat(9_000)), writing('a', 't\n'.repeat(9_000))),
  );
  expect(conflicts[0]?.hunks.length).toBeLessThanOrEqual(4_000);
  expect(conflicts[0]?.hunks).toContain('characters left out');
});

test('attributes come from the folder the merge is asked from, not from the checkout of the user', async () => {
  const given = await givenRepository({ a: '1\n' });
  const landing = join(given.folder, 'landing');
  await given.repo.addWorktree({ path: landing, commit: given.base });
  writeFileSync(join(given.root, 'a'), 'ours\n');
  const one = commitFiles(given.root, {}, 'ours');
  git(given.root, 'checkout', '--quiet', '--detach', given.base);
  writeFileSync(join(given.root, 'a'), 'theirs\n');
  const other = commitFiles(given.root, {}, 'theirs');
  writeFileSync(join(given.root, '.gitattributes'), '* merge=union\n');
  expect((await given.repo.merge(one, other, { cwd: landing })).clean).toBe(false);
});

test('histories without a common commit are an error, not a conflict', async () => {
  const { root, repo, base } = await givenRepository();
  git(root, 'checkout', '--quiet', '--orphan', 'other');
  const other = commitFiles(root, { b: '1' }, 'other');
  await expect(repo.merge(base, other, { cwd: root })).rejects.toMatchObject({ code: 'GIT_FAILED' });
});
