import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { givenSheet, git } from '../../../test/support/given-sheet.js';

async function givenSnapshot() {
  const given = await givenSheet({ 'a.txt': 'one\n', 'src/run.sh': 'echo\n' });
  const { call, root } = given;
  await call('task.add', { title: 'One' });
  await call('task.claim');
  writeFileSync(join(root, 'a.txt'), 'two\n');
  writeFileSync(join(root, 'new file.txt'), 'new\n');
  writeFileSync(join(root, 'src/run.sh'), 'echo 2\n', { mode: 0o755 });
  symlinkSync('a.txt', join(root, 'link'));
  await call('task.checkpoint', { id: 'task-1', done: 'x', next: 'y' });
  git(root, 'checkout', '--quiet', '--', '.');
  git(root, 'clean', '-fdxq');
  return given;
}

test('a snapshot is listed, and says which files it holds that its commit does not', async () => {
  const { call } = await givenSnapshot();
  expect(await call('undo')).toMatchObject({ snapshots: [{ id: 's-1', task: 'task-1', leftOut: [] }] });
  const { files } = await call<{ files: { path: string; change: string }[] }>('undo', { snapshot: 's-1' });
  expect(files.map(({ path, change }) => `${change} ${path}`)).toEqual([
    'modified a.txt',
    'added link',
    'added new file.txt',
    'modified src/run.sh',
  ]);
});

test('its files are written into a new folder, links and modes as they were, and the checkout is not touched', async () => {
  const { call, root } = await givenSnapshot();
  const folder = join(root, '..', `${root.split('/').at(-1) ?? ''}-restored`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const restored = await call('undo', { snapshot: 's-1', to: folder });
  expect(restored).toMatchObject({ files: ['a.txt', 'link', 'new file.txt', 'src/run.sh'], savedAs: null });
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('two\n');
  expect(readlinkSync(join(folder, 'link'))).toBe('a.txt');
  expect(git(root, 'status', '--porcelain')).toBe('');
  await expect(call('undo', { snapshot: 's-1', to: folder })).rejects.toMatchObject({
    code: 'FOLDER_NOT_EMPTY',
  });
});

test('its files are never written below .git, nor through a link that leads there', async () => {
  const { call, root } = await givenSnapshot();
  symlinkSync('.git', join(root, 'into-git'));
  for (const to of ['.git/new', 'into-git', 'into-git/new', 'into-git/new/deeper'])
    await expect(call('undo', { snapshot: 's-1', to })).rejects.toMatchObject({ code: 'PATH_OUTSIDE' });
  expect(existsSync(join(root, '.git/new'))).toBe(false);
});

test('one file comes back into the checkout after the checkout was saved', async () => {
  const { call, root } = await givenSnapshot();
  const restored = await call('undo', { snapshot: 's-1', file: ['src/run.sh'] });
  expect(restored).toMatchObject({ files: ['src/run.sh'], savedAs: 's-2' });
  expect(readFileSync(join(root, 'src/run.sh'), 'utf8')).toBe('echo 2\n');
  expect(git(root, 'status', '--porcelain')).toBe('M src/run.sh');
  expect(existsSync(join(root, 'new file.txt'))).toBe(false);
});

test('a file with changes is not written over unless that is forced, and then its changes are kept', async () => {
  const { call, root } = await givenSnapshot();
  writeFileSync(join(root, 'a.txt'), 'mine\n');
  await expect(call('undo', { snapshot: 's-1', file: ['a.txt'] })).rejects.toMatchObject({
    code: 'FILE_CHANGED',
    exit: 'refused',
  });
  expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('mine\n');
  await call('undo', { snapshot: 's-1', file: ['a.txt'], force: true });
  expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('two\n');
  const { snapshot } = await call<{ snapshot: { commit: string } }>('undo', { snapshot: 's-2' });
  expect(git(root, 'show', `${snapshot.commit}:a.txt`)).toBe('mine');
});

test('a file never comes back through a link that leads out of the checkout', async () => {
  const { call, root } = await givenSnapshot();
  const outside = join(root, '.git', 'outside');
  mkdirSync(outside);
  git(root, 'rm', '-rq', 'src');
  git(root, 'commit', '-qm', 'gone');
  symlinkSync(outside, join(root, 'src'));
  await expect(call('undo', { snapshot: 's-1', file: ['src/run.sh'] })).rejects.toMatchObject({
    code: 'PATH_OUTSIDE',
  });
  expect(statSync(outside).isDirectory() && existsSync(join(outside, 'run.sh'))).toBe(false);
});
