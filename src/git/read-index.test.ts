import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { commitFiles, git, givenFolder, givenRepository } from './given-repository.js';
import { listEntries } from './list-entries.js';
import { specialEntries, type SpecialEntry } from './read-index.js';

const NAMES = [
  'a',
  'a b',
  'some folder/of it/x',
  'some folder/of it/xy',
  'ünïcode',
  `long/${'n'.repeat(200)}`,
];

/** Everything that an index can say of its entries, in a repository of its own. */
function givenIndex(...init: string[]): string {
  const root = join(givenFolder(), 'repo');
  git('/', 'init', '--quiet', ...init, root);
  commitFiles(root, Object.fromEntries(NAMES.map((name) => [name, name])), 'base');
  const inner = join(root, 'inner repository');
  mkdirSync(inner);
  git(inner, 'init', '--quiet', ...init);
  commitFiles(inner, { inner: '1' }, 'inner');
  git(root, 'add', '-A');
  git(root, 'update-index', '--assume-unchanged', 'a');
  git(root, 'update-index', '--skip-worktree', 'a b', 'ünïcode');
  const [mode = '', id = ''] = git(root, 'ls-files', '--stage', 'some folder/of it/x').split(' ');
  const stages = [1, 2, 3].map((stage) => `${mode} ${id} ${stage}\tsome folder/both`).join('\n');
  execFileSync('git', ['update-index', '--index-info'], { cwd: root, input: `${stages}\n` });
  return root;
}

function special(entries: SpecialEntry[]): SpecialEntry[] {
  return entries.filter(
    (each) => each.isGitlink || each.isUnmerged || each.isAssumedUnchanged || each.isSkipped,
  );
}

test.each([
  ['version 2', '2', []],
  ['version 3', '3', []],
  ['version 4', '4', []],
  ['version 2, SHA-256', '2', ['--object-format=sha256']],
  ['version 4, SHA-256', '4', ['--object-format=sha256']],
])('an index of %s says the same when read as when git lists it', async (_, version, init) => {
  const root = givenIndex(...init);
  git(root, 'update-index', '--index-version', version);
  const read = specialEntries(join(root, '.git/index'));
  expect(read).toHaveLength(7);
  expect(read).toEqual(special(await listEntries(root)));
});

test('an index that keeps its entries elsewhere, or is damaged, is left to git', async () => {
  const { root } = await givenRepository({ 'in/a': '1', 'out/b': '1', 'out/c': '1' });
  const file = join(root, '.git/index');
  const whole = readFileSync(file);
  for (const length of [3, 40, whole.length - 30]) {
    writeFileSync(file, whole.subarray(0, length));
    expect(specialEntries(file)).toBeUndefined();
  }
  writeFileSync(file, whole);
  git(root, 'update-index', '--split-index');
  expect(specialEntries(file)).toBeUndefined();
  git(root, 'update-index', '--no-split-index');
  expect(specialEntries(file)).toEqual([]);
  git(root, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
  expect(specialEntries(file)).toBeUndefined();
});

test('a workspace without an index has no entries', async () => {
  const { root } = await givenRepository();
  rmSync(join(root, '.git/index'));
  expect(specialEntries(join(root, '.git/index'))).toEqual([]);
});
