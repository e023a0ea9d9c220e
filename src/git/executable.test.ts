import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isExecutable } from './executable.js';
import { git, givenRepository, write } from './given-repository.js';

test('the index tells of a file whether it is executable, else HEAD, and no pattern is read', async () => {
  const { root } = await givenRepository({ plain: '', '[p]lain': '', 'gone.sh': '', 'folder/run': '' });
  for (const name of ['[p]lain', 'gone.sh', 'folder/run']) chmodSync(join(root, name), 0o755);
  write(root, { 'staged.sh': '', unknown: '' });
  for (const name of ['staged.sh', 'unknown']) chmodSync(join(root, name), 0o755);
  git(root, 'commit', '-qam', 'x');
  git(root, 'add', 'staged.sh');
  git(root, 'rm', '-q', 'gone.sh');
  const asked = ['plain', '[p]lain', 'gone.sh', 'folder', 'folder/run', 'staged.sh', 'unknown'];
  const found = await Promise.all(asked.map((path) => isExecutable(root, path)));
  expect(asked.filter((_, at) => found[at])).toEqual(['[p]lain', 'gone.sh', 'folder/run', 'staged.sh']);
});

test('before the first commit nothing but the index is asked', async () => {
  const { folder } = await givenRepository();
  git(folder, 'init', '--quiet', 'empty');
  expect(await isExecutable(join(folder, 'empty'), 'a')).toBe(false);
});
