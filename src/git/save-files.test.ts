import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, givenRepository, write } from './given-repository.js';
import { saveFiles } from './save-files.js';

const ref = 'refs/callsheet/snapshots/yield/1';
const how = { ref, message: 'snapshot' };

test('only the files that are named are saved, as they are on disk, also ignored and removed ones', async () => {
  const { root, base } = await givenRepository({ a: '1', b: '1', gone: '1', '.gitignore': 'out/\n' });
  write(root, { a: '2', b: '2', 'out/x é': '1' });
  git(root, 'add', 'b');
  rmSync(join(root, 'gone'));
  const indexBefore = readFileSync(join(root, '.git/index'));
  const commit = await saveFiles(root, ['a', 'out/x é', 'gone'], how);
  expect(git(root, '-c', 'core.quotePath=false', 'diff', '--no-renames', '--name-status', base, commit)).toBe(
    'M\ta\nD\tgone\nA\tout/x é',
  );
  expect(git(root, 'show', '-s', '--format=%P', ref)).toBe(base);
  expect(readFileSync(join(root, '.git/index'))).toEqual(indexBefore);
  expect(readdirSync(join(root, '.git/callsheet/tmp'))).toEqual([]);
});

test('before the first commit there is nothing that it stands on', async () => {
  const { root } = await givenRepository({ a: '1' });
  git(root, 'checkout', '--quiet', '--orphan', 'new');
  const commit = await saveFiles(root, ['a'], how);
  expect(git(root, 'show', '-s', '--format=%P', commit)).toBe('');
  expect(git(root, 'ls-tree', '--name-only', commit)).toBe('a');
});

test('an earlier snapshot of that name is not replaced', async () => {
  const { root, base } = await givenRepository({ a: '1' });
  git(root, 'update-ref', ref, base);
  await expect(saveFiles(root, ['a'], how)).rejects.toThrow();
  expect(git(root, 'rev-parse', ref)).toBe(base);
});

test('what git refuses to take is an error, and no ref is left', async () => {
  const { root } = await givenRepository({ a: '1', '.gitattributes': 'a filter=broken\n' });
  git(root, 'config', 'filter.broken.clean', 'false');
  git(root, 'config', 'filter.broken.required', 'true');
  write(root, { a: '2' });
  await expect(saveFiles(root, ['a'], how)).rejects.toThrow();
  expect(git(root, 'for-each-ref', 'refs/callsheet')).toBe('');
});
