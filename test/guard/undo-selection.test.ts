import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { registerAgent } from '../../src/agent/index.js';
import { OPERATIONS, type RawInput } from '../../src/operations/index.js';
import { findWrites, recordWrite } from '../../src/write/index.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

const HOUR_MS = 3_600_000;

interface PutBack {
  files: { path: string; removed: boolean; recorded: number }[];
  asBefore: string[];
}

/** ada has edited a.txt twice, made src/new.txt, edited b.txt and removed c.txt: writes 1 to 5; then bo made d.txt. */
async function givenWork() {
  const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': 'b\n', 'c.txt': 'c\n' });
  const [ada, bo] = [await given.session(), await given.session()];
  await ada.read('a.txt');
  await ada.read('c.txt');
  await ada.edit('a.txt', 'two', 'TWO');
  await ada.edit('a.txt', 'nine', 'NINE');
  await ada.write('src/new.txt', 'new\n');
  await ada.read('b.txt');
  await ada.edit('b.txt', 'b', 'B');
  await ada.bash('rm c.txt');
  await bo.write('d.txt', 'd\n');
  const undo = <Output = PutBack>(raw: RawInput) => given.call<Output>('undo', raw, { as: 'mia' });
  const contents = () =>
    Object.fromEntries(
      ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'src/new.txt'].map((name) => [
        name,
        existsSync(given.path(name)) ? given.text(name) : null,
      ]),
    );
  const folder = `${given.root}-restored`;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { ...given, ada, bo, undo, contents, folder };
}

const BEFORE = { 'a.txt': TEN_LINES, 'b.txt': 'b\n', 'c.txt': 'c\n', 'd.txt': 'd\n', 'src/new.txt': null };

function show(output: unknown): string {
  const undo = OPERATIONS.find(({ name }) => name === 'undo');
  return (undo?.show as (output: unknown) => string)(output);
}

test('what one agent wrote is taken back: edited files, one that it made, one that it removed, and nothing of others', async () => {
  const { undo, contents } = await givenWork();
  const back = await undo({ agent: 'ada', back: true });
  expect(contents()).toEqual(BEFORE);
  expect(back.files.map(({ path, removed }) => [path, removed])).toEqual([
    ['src/new.txt', true],
    ['a.txt', false],
    ['b.txt', false],
    ['c.txt', false],
  ]);
  expect(show(back)).toMatch(
    /^4 files are as before the writes\.[\s\S]*src\/new\.txt \(gone\) +callsheet undo --write \d+/,
  );
});

test("what an agent's subagents wrote is taken back with it, or alone by the subagent's own name", async () => {
  const { undo, contents, ada } = await givenWork();
  const sub = await ada.subagent('sub1');
  await sub.edit('b.txt', 'B', 'sub');
  await sub.write('sub.txt', 'sub\n');
  await sub.event('SubagentStop', { agent_type: 'general-purpose' });
  const { writes } = await undo<{ writes: { agent: string }[] }>({ file: ['sub.txt'] });
  const name = writes[0]?.agent ?? '';
  expect(name).not.toBe('ada');
  expect((await undo<{ writes: unknown[] }>({ agent: name })).writes).toHaveLength(2);
  const back = await undo({ agent: 'ada', back: true });
  expect(contents()).toEqual(BEFORE);
  expect(back.files.map(({ path }) => path)).toContain('sub.txt');
});

test('whoever has seen the files is told, and taking that back brings all of it again', async () => {
  const { undo, contents, ada } = await givenWork();
  const made = contents();
  await undo({ agent: 'ada', back: true });
  expect((await ada.afterBatch()).told).toMatch(/a\.txt has changed[\s\S]*mia wrote it/);
  await undo({ agent: 'mia', back: true });
  expect(contents()).toEqual(made);
});

test('by time, task and file the writes are taken back that the list shows', async () => {
  const { undo, contents, clock, ada, call } = await givenWork();
  clock.advance(3 * HOUR_MS);
  await ada.edit('b.txt', 'B', 'BB');
  const filter = { since: '2h' };
  expect(await undo<{ writes: unknown[] }>(filter)).toMatchObject({ writes: [{ write: 7, path: 'b.txt' }] });
  await undo({ ...filter, back: true });
  expect(contents()).toMatchObject({ 'b.txt': 'B\n', 'a.txt': expect.stringContaining('TWO') as string });
  await call('task.add', { title: 'One' });
  await expect(undo({ task: 'task-1', back: true })).rejects.toMatchObject({ code: 'WRITE_UNKNOWN' });
  await undo({ file: ['a.txt'], agent: 'ada', back: true });
  expect(contents()).toMatchObject({ 'a.txt': TEN_LINES, 'src/new.txt': 'new\n' });
});

test('a longer selection than the list shows is counted', async () => {
  const { undo, ada } = await givenWork();
  for (let n = 0; n < 25; n += 1) await ada.edit('b.txt', 'B', 'B.');
  const listed = await undo<{ selected: unknown }>({ agent: 'ada' });
  expect(listed).toMatchObject({ isCut: true, selected: { writes: 30, files: 4 } });
  expect(show(listed)).toContain('30 writes of 4 files');
});

test('nothing is changed when another wrote one of the files after or in between, or it has changed since', async () => {
  const { undo, contents, bo, put } = await givenWork();
  await bo.read('a.txt');
  await bo.edit('a.txt', 'five', 'FIVE');
  put('b.txt', 'in an editor\n');
  const before = contents();
  const refusal = undo({ agent: 'ada', back: true });
  await expect(refusal).rejects.toMatchObject({
    code: 'UNDO_BLOCKED',
    exit: 'refused',
    message: expect.stringMatching(
      /^2 of 4 files.*a\.txt: bo wrote it.*write 7.*b\.txt.*Nothing was changed/,
    ) as string,
    data: {
      files: [
        { path: 'a.txt', code: 'WRITE_OVERTAKEN' },
        { path: 'b.txt', code: 'WRITE_OVERTAKEN' },
      ],
    },
  });
  expect(contents()).toEqual(before);
  const forced = await undo({ agent: 'ada', back: true, force: true });
  expect(contents()).toEqual(BEFORE);
  const recorded = forced.files.find(({ path }) => path === 'b.txt')?.recorded;
  await undo({ write: String(recorded), back: true });
  expect(contents()).toMatchObject({ 'b.txt': 'in an editor\n' });
});

test('a file that is as before already stays as it is', async () => {
  const { undo, put, contents } = await givenWork();
  put('b.txt', 'b\n');
  expect(await undo({ agent: 'ada', file: ['b.txt'], back: true })).toMatchObject({
    files: [],
    asBefore: ['b.txt'],
  });
  expect(contents()['b.txt']).toBe('b\n');
});

test('a change that nobody recorded between two of the writes is not dropped unasked', async () => {
  const { undo, contents, sheet, root } = await givenWork();
  const [write] = (await findWrites(sheet.store, { paths: ['b.txt'] })).slice(-1);
  if (write === undefined) throw new Error('There is no write of b.txt.');
  const between = { ...write, checkout: root, before: write.before.replaceAll(/./g, '0') };
  await sheet.store.transaction((tx) => recordWrite(tx, between));
  await expect(undo({ agent: 'ada', file: ['b.txt'], back: true })).rejects.toMatchObject({
    code: 'UNDO_BLOCKED',
    message: expect.stringContaining('somebody changed it between write 4 and write 7') as string,
  });
  expect(contents()['b.txt']).toBe('B\n');
});

test('what was taken back and written anew is taken back to where it began anew', async () => {
  const { undo, ada, contents } = await givenWork();
  await undo({ agent: 'ada', back: true });
  await ada.read('b.txt');
  await ada.edit('b.txt', 'b', 'again');
  await undo({ agent: 'ada', file: ['b.txt'], back: true });
  expect(contents()['b.txt']).toBe('b\n');
});

test('what another wrote in between and is taken back already is not in the way', async () => {
  const { undo, bo, contents } = await givenWork();
  await bo.read('a.txt');
  await bo.edit('a.txt', 'five', 'FIVE');
  await expect(undo({ agent: 'ada', back: true })).rejects.toMatchObject({ code: 'UNDO_BLOCKED' });
  await undo({ write: '7', back: true });
  await undo({ agent: 'ada', back: true });
  expect(contents()).toEqual(BEFORE);
});

test('a file comes back where a folder was made, and a folder where a file was made', async () => {
  const { undo, ada, path, text } = await givenWork();
  await ada.write('tree/leaf.txt', 'leaf\n');
  await ada.bash('rm b.txt');
  await ada.write('b.txt/deep/inner.txt', 'inner\n');
  await ada.bash('rm tree/leaf.txt && rmdir tree');
  await ada.write('tree', 'a file\n');
  await undo({ agent: 'ada', file: ['b.txt', 'b.txt/deep/inner.txt'], back: true });
  expect(text('b.txt')).toBe('b\n');
  await undo({ agent: 'ada', file: ['tree'], back: true });
  expect(existsSync(path('tree'))).toBe(false);
});

test('a folder with something else in it stays, and so does all else', async () => {
  const { undo, ada, put, text, path } = await givenWork();
  await ada.bash('rm b.txt');
  await ada.write('b.txt/inner.txt', 'inner\n');
  put('b.txt/mine.txt', 'mine\n');
  await expect(undo({ agent: 'ada', back: true, force: true })).rejects.toMatchObject({
    code: 'UNDO_BLOCKED',
    data: { files: [{ path: 'b.txt', code: 'FILE_IS_FOLDER' }] },
  });
  expect(text('src/new.txt')).toBe('new\n');
  expect(readdirSync(path('b.txt'))).toEqual(['inner.txt', 'mine.txt']);
});

test('a file that another session is about to write is named, and nothing is changed', async () => {
  const { undo, bo, contents } = await givenWork();
  await bo.read('b.txt');
  await bo.ask('Write', { file_path: join(bo.cwd, 'b.txt'), content: 'x\n' });
  await expect(undo({ agent: 'ada', back: true })).rejects.toMatchObject({
    code: 'UNDO_BLOCKED',
    message: expect.stringContaining('bo is about to write b.txt') as string,
  });
  expect(contents()).toMatchObject({ 'src/new.txt': 'new\n', 'b.txt': 'B\n' });
});

test('a change made at the moment when a file is put back is kept, and what was put back before it is taken back', async () => {
  const { undo, contents, put, path, sheet } = await givenWork();
  const made = contents();
  const transaction = sheet.store.transaction.bind(sheet.store);
  let changes = 0;
  vi.spyOn(sheet.store, 'transaction').mockImplementation((use) => {
    // When the first file has gone, the next change but one is that of b.txt.
    if (!existsSync(path('src/new.txt')) && (changes += 1) === 2) put('b.txt', 'just now\n');
    return transaction(use);
  });
  await expect(undo({ agent: 'ada', back: true })).rejects.toMatchObject({ code: 'WRITE_OVERTAKEN' });
  expect(contents()).toEqual({ ...made, 'b.txt': 'just now\n' });
});

test('a link that leads out is never written through', async () => {
  const { undo, path, folder, contents } = await givenWork();
  mkdirSync(folder);
  rmSync(path('src'), { recursive: true });
  symlinkSync(folder, path('src'));
  writeFileSync(join(folder, 'new.txt'), 'new\n');
  await expect(undo({ agent: 'ada', back: true, force: true })).rejects.toMatchObject({
    code: 'UNDO_BLOCKED',
    data: { files: [{ path: 'src/new.txt', code: 'PATH_OUTSIDE' }] },
  });
  expect(readFileSync(join(folder, 'new.txt'), 'utf8')).toBe('new\n');
  expect(contents()['c.txt']).toBeNull();
});

test('into a folder the contents before are written, and the checkout is not touched', async () => {
  const { undo, contents, folder, put } = await givenWork();
  put('a.txt', 'in an editor\n');
  const made = contents();
  const written = await undo<Record<string, unknown>>({ agent: 'ada', to: folder });
  expect(written).toMatchObject({ folder, files: ['a.txt', 'b.txt', 'c.txt'], absent: ['src/new.txt'] });
  expect(readdirSync(folder)).toEqual(['a.txt', 'b.txt', 'c.txt']);
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe(TEN_LINES);
  expect(contents()).toEqual(made);
  expect(show(written)).toContain('3 files');
  await expect(undo({ agent: 'ada', to: folder })).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
  await expect(undo({ agent: 'ada', to: '.git/hooks' })).rejects.toMatchObject({ code: 'PATH_OUTSIDE' });
});

test('files of several checkouts are written into a folder for each', async () => {
  const { undo, folder, root, session } = await givenWork();
  const tree = `${root}-tree`;
  onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
  git(root, 'worktree', 'add', '--quiet', '--detach', tree);
  const cy = await session({ cwd: tree });
  await cy.edit('a.txt', 'two', 'zwei');
  await undo({ file: ['a.txt'], to: folder });
  expect(readdirSync(folder)).toHaveLength(2);
  for (const name of readdirSync(folder)) expect(readdirSync(join(folder, name))).toEqual(['a.txt']);
});

test('what only happened while a command of the agent ran is not taken back unasked, and the list says so', async () => {
  const { undo, ada, put, contents } = await givenWork();
  const { call } = await ada.ask('Bash', { command: 'npm test' });
  put('d.txt', 'of a person in an editor\n');
  await ada.afterBatch(call);
  const made = contents();
  const listed = await undo<object>({ agent: 'ada' });
  expect(listed).toMatchObject({ selected: { writes: 6, files: 5, unsure: 1 } });
  expect(show(listed)).toMatch(/1 of them \(meanwhile\) is perhaps of somebody else.*--force/);
  await expect(undo({ agent: 'ada', back: true })).rejects.toMatchObject({
    code: 'UNDO_BLOCKED',
    message: expect.stringMatching(
      /^1 of 5 files.*d\.txt: ada or somebody else wrote it, in write 7/,
    ) as string,
  });
  expect(contents()).toEqual(made);
  const forced = await undo({ agent: 'ada', back: true, force: true });
  expect(contents()).toEqual(BEFORE);
  const recorded = forced.files.find(({ path }) => path === 'd.txt')?.recorded;
  await undo({ write: String(recorded), back: true });
  expect(contents()).toMatchObject({ 'd.txt': 'of a person in an editor\n' });
});

test('what perhaps somebody else wrote after an agent is not called that of one', async () => {
  const { undo, ada, put } = await givenWork();
  const { call } = await ada.ask('Bash', { command: 'npm test' });
  put('d.txt', 'of a person in an editor\n');
  await ada.afterBatch(call);
  expect(await undo<object>({ agent: 'bo' })).toMatchObject({ selected: { writes: 1, unsure: 0 } });
  await expect(undo({ agent: 'bo', back: true })).rejects.toMatchObject({
    message: expect.stringContaining('d.txt: ada or somebody else wrote it since, in write 7') as string,
  });
});

test('a program that was removed is one again, whether git was told of that or not', async () => {
  const { undo, ada, path, root } = await givenWork();
  for (const name of ['a.txt', 'b.txt']) chmodSync(path(name), 0o755);
  git(root, 'add', 'a.txt', 'b.txt');
  git(root, 'commit', '--quiet', '-m', 'programs');
  await ada.bash('rm a.txt');
  await ada.bash('git rm -q b.txt');
  await undo({ agent: 'ada', back: true });
  const modes = ['a.txt', 'b.txt', 'c.txt'].map((name) => statSync(path(name)).mode & 0o100);
  expect(modes).toEqual([0o100, 0o100, 0]);
});

test('a file whose name begins as a home folder does is taken back, beside and in place', async () => {
  const { undo, ada, text, put, folder } = await givenWork();
  put('~notes.txt', 'one\n');
  await ada.read('~notes.txt');
  await ada.edit('~notes.txt', 'one', 'ONE');
  const file = ['./~notes.txt'];
  await undo({ file, to: folder });
  expect(readFileSync(join(folder, '~notes.txt'), 'utf8')).toBe('one\n');
  await undo({ file, back: true });
  expect(text('~notes.txt')).toBe('one\n');
});

test('content that is not kept any more is named, and nothing is written', async () => {
  const { undo, sheet, folder, contents } = await givenWork();
  rmSync(join(sheet.folder, 'blobs'), { recursive: true });
  const made = contents();
  for (const raw of [{ back: true }, { to: folder }])
    await expect(undo({ agent: 'ada', ...raw })).rejects.toMatchObject({
      code: 'UNDO_BLOCKED',
      data: { files: expect.arrayContaining([expect.objectContaining({ code: 'CONTENT_GONE' })]) as unknown },
    });
  expect(contents()).toEqual(made);
  expect(existsSync(folder)).toBe(false);
});

test('only people and leads may put a selection back', async () => {
  const given = await givenWork();
  const made = given.contents();
  const { token } = await given.sheet.store.transaction((tx) =>
    registerAgent(tx, { role: 'worker', driver: 'command' }),
  );
  await expect(
    given.call('undo', { agent: 'ada', back: true }, { env: { CALLSHEET_TOKEN: token } }),
  ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(given.contents()).toEqual(made);
});
