import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { givenSheet, git } from '../../../test/support/given-sheet.js';
import { openRepository } from '../../git/index.js';
import { saveWorkspace } from '../../workspace/index.js';

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

test('a file that is gone comes back without being forced: nothing is written over', async () => {
  const { call, root } = await givenSnapshot();
  rmSync(join(root, 'a.txt'));
  await call('undo', { snapshot: 's-1', file: ['a.txt'] });
  expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('two\n');
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

async function snapshotOf({ root, sheet }: Awaited<ReturnType<typeof givenSheet>>): Promise<void> {
  const place = { store: sheet.store, repository: await openRepository(root) };
  await saveWorkspace(place, { path: root, reason: 'x' }, { always: true });
}

/** A snapshot s-1 of these files, none of which is committed; `a.txt` is. */
async function givenSaved(files: Record<string, string>) {
  const given = await givenSheet({ 'a.txt': 'one\n' });
  const { call, root } = given;
  const put = (each: Record<string, string>) => {
    for (const [name, text] of Object.entries(each)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  put(files);
  await snapshotOf(given);
  const text = (name: string) => readFileSync(join(root, name), 'utf8');
  const back = (file: string[], force = false) =>
    call<Restored>('undo', { snapshot: 's-1', file, force, yes: true });
  const kept = (id: string, name: string) => {
    const args = ['show', `${refOf(root, id)}:${name}`];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 10_000_000 });
  };
  return { ...given, put, text, back, kept };
}

type Saved = Awaited<ReturnType<typeof givenSaved>>;

interface Restored {
  savedAs: string;
  files: string[];
}

const refsIn = (root: string): string[] =>
  git(root, 'for-each-ref', '--format=%(refname)', 'refs/callsheet/snapshots').split('\n');

const refOf = (root: string, id: string): string => refsIn(root)[Number(id.slice(2)) - 1] ?? '';

test.each([
  ['that git ignores', ({ put }: Saved) => put({ '.gitignore': 'b.txt\n' }), 'mine'],
  ['over 5 MB that git does not know', () => undefined, 'x'.repeat(6_000_000)],
  [
    'whose changes git was told not to see',
    ({ root }: Saved) => {
      git(root, 'add', 'b.txt');
      git(root, 'commit', '--quiet', '-m', 'x');
      git(root, 'update-index', '--assume-unchanged', 'b.txt');
    },
    'mine',
  ],
])('a file %s is not written over unasked, and is kept when that is forced', async (_, prepare, mine) => {
  const given = await givenSaved({ 'b.txt': 'old\n' });
  const { put, back, text, kept, root } = given;
  prepare(given);
  put({ 'b.txt': mine });
  await expect(back(['b.txt'])).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  expect(text('b.txt')).toBe(mine);
  expect(refsIn(root)).toHaveLength(1);
  const { savedAs } = await back(['b.txt'], true);
  expect(text('b.txt')).toBe('old\n');
  expect(kept(savedAs, 'b.txt')).toBe(mine);
});

test('where one file cannot be put back, or not be kept, none is', async () => {
  const { put, back, text, root } = await givenSaved({ 'd/a.txt': 'old\n', 'd/b.txt': 'old\n' });
  rmSync(join(root, 'd/b.txt'));
  put({ 'd/a.txt': 'later\n', 'd/b.txt/x': '' });
  await expect(back(['d'], true)).rejects.toMatchObject({ code: 'FILE_IS_FOLDER' });
  rmSync(join(root, 'd/b.txt'), { recursive: true });
  put({ 'd/b.txt': 'later\n', '.gitattributes': 'b.txt filter=broken\n' });
  git(root, 'config', 'filter.broken.clean', 'false');
  git(root, 'config', 'filter.broken.required', 'true');
  await expect(back(['d'], true)).rejects.toMatchObject({
    code: 'FILE_NOT_KEPT',
    message: expect.stringMatching(/^What is in d\/b\.txt now.*filter.*Nothing was written/) as string,
  });
  expect([text('d/a.txt'), text('d/b.txt'), refsIn(root).length]).toEqual(['later\n', 'later\n', 1]);
});

test.each(['untracked', 'in the index'])(
  'what lies in a repository of its own now, %s, is kept too',
  async (where) => {
    const { root, put, back, text, kept } = await givenSaved({ 'lib/b.txt': 'old\n' });
    rmSync(join(root, 'lib'), { recursive: true });
    git(root, 'init', '--quiet', 'lib');
    put({ 'lib/b.txt': 'mine' });
    git(join(root, 'lib'), 'commit', '-q', '--allow-empty', '-m', 'x');
    if (where !== 'untracked') git(root, 'add', '--no-warn-embedded-repo', 'lib');
    const { savedAs } = await back(['lib/b.txt'], true);
    expect([text('lib/b.txt'), kept(savedAs, 'lib/b.txt')]).toEqual(['old\n', 'mine']);
  },
);

test('a submodule stays as it is, and does not keep the files beside it from coming back', async () => {
  const given = await givenSheet({ 'a.txt': 'one\n' });
  const { root, call } = given;
  const text = (name: string) => readFileSync(join(root, name), 'utf8');
  git(root, 'init', '--quiet', 'sub');
  git(
    join(root, 'sub'),
    '-c',
    'user.name=x',
    '-c',
    'user.email=x@x',
    'commit',
    '-q',
    '--allow-empty',
    '-m',
    'x',
  );
  git(root, 'add', '--no-warn-embedded-repo', 'sub');
  git(root, 'commit', '--quiet', '-m', 'x');
  await snapshotOf(given);
  writeFileSync(join(root, 'sub/inner.txt'), 'inner\n');
  writeFileSync(join(root, 'a.txt'), 'later\n');
  const { files } = await call<Restored>('undo', { snapshot: 's-1', file: ['.'], force: true });
  expect(files).toEqual(['a.txt']);
  expect([text('a.txt'), text('sub/inner.txt')]).toEqual(['one\n', 'inner\n']);
});

test('what is written in the very moment is not lost, and it is said what is put back and what is not', async () => {
  const { root, sheet, put, back, text, kept } = await givenSaved({ 'b.txt': 'old\n', 'c.txt': 'old\n' });
  put({ 'b.txt': 'later\n', 'c.txt': 'later\n' });
  const transaction = sheet.store.transaction.bind(sheet.store);
  vi.spyOn(sheet.store, 'transaction').mockImplementationOnce((use) => {
    put({ 'c.txt': 'just now\n' });
    return transaction(use);
  });
  await expect(back(['b.txt', 'c.txt'], true)).rejects.toMatchObject({
    code: 'UNDO_PARTLY',
    message:
      'c.txt was written in this moment. Put back before that: b.txt; not put back: c.txt. The checkout as it was is s-2.',
    data: { done: ['b.txt'], notDone: ['c.txt'], savedAs: 's-2' },
  });
  expect([text('b.txt'), text('c.txt')]).toEqual(['old\n', 'just now\n']);
  expect(kept('s-2', 'b.txt')).toBe('later\n');
  expect(readdirSync(root).filter((name) => name.startsWith('.callsheet'))).toEqual([]);
});

test('a file that a link in the checkout leads to is kept where it really is', async () => {
  const { root, put, back, text, kept } = await givenSaved({ 'src/b.txt': 'old\n' });
  rmSync(join(root, 'src'), { recursive: true });
  put({ 'lib/b.txt': 'mine', '.gitignore': 'lib\n' });
  symlinkSync('lib', join(root, 'src'));
  await expect(back(['src/b.txt'])).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  const { savedAs } = await back(['src/b.txt'], true);
  expect(text('lib/b.txt')).toBe('old\n');
  expect(kept(savedAs, 'lib/b.txt')).toBe('mine');
});

test('where a name is not UTF-8 nothing is changed, and it is said why', async () => {
  const given = await givenSheet({ 'a.txt': 'one\n' });
  const { root, call } = given;
  const name = Buffer.concat([Buffer.from(`${root}/b`), Buffer.from([0xff])]);
  writeFileSync(name, 'old\n');
  await snapshotOf(given);
  writeFileSync(join(root, 'a.txt'), 'later\n');
  await expect(call('undo', { snapshot: 's-1', file: ['.'], force: true })).rejects.toMatchObject({
    code: 'PATH_OUTSIDE',
    message: expect.stringContaining('not UTF-8') as string,
  });
  expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('later\n');
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
