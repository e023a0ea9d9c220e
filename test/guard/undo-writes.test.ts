import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OPERATIONS } from '../../src/operations/index.js';
import { findEvents } from '../../src/event/index.js';
import { registerAgent } from '../../src/agent/index.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

interface Listed {
  snapshots: unknown[];
  writes: { write: number; agent?: string; path: string; how: string }[];
  isCut?: boolean;
}

/** Two sessions that have each written a file: write 1 is ada's edit of a.txt, write 2 is bo's new file. */
async function givenWrites() {
  const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': 'b\n' });
  const [ada, bo] = [await given.session(), await given.session()];
  await ada.read('a.txt');
  await ada.edit('a.txt', 'two', 'TWO');
  await bo.write('src/new.txt', 'new\n');
  const back = (write: number, more: Record<string, boolean> = {}) =>
    given.call('undo', { write: String(write), back: true, ...more }, { as: 'mia' });
  return { ...given, ada, bo, back, beside: (name: string) => join(`${given.root}-beside`, name) };
}

function show(output: unknown): string {
  const undo = OPERATIONS.find(({ name }) => name === 'undo');
  return (undo?.show as (output: unknown) => string)(output);
}

describe('the writes that the guard recorded', () => {
  test('are listed below the snapshots: number, time, agent, how, path', async () => {
    const { call } = await givenWrites();
    const listed = await call<Listed>('undo');
    expect(listed).toMatchObject({
      kind: 'list',
      snapshots: [],
      writes: [
        { write: 1, agent: 'ada', how: 'edit', path: 'a.txt' },
        { write: 2, agent: 'bo', how: 'write', path: 'src/new.txt', before: '' },
      ],
    });
    expect(show(listed)).toMatch(/^WRITE +AT +AGENT +HOW +PATH\n1 +\S+Z +ada +edit +a\.txt\n2 /);
  });

  test('of one agent, file or time are found', async () => {
    const { call, clock, ada } = await givenWrites();
    const found = async (filter: Record<string, unknown>) =>
      (await call<Listed>('undo', filter as never)).writes.map(({ write }) => write);
    expect(await found({ agent: 'bo' })).toEqual([2]);
    expect(await found({ file: ['a.txt'] })).toEqual([1]);
    clock.advance(3 * 3_600_000);
    await ada.edit('b.txt', 'b', 'c');
    expect(await found({ since: '2h' })).toEqual([3]);
    expect(await found({})).toEqual([1, 2, 3]);
    await expect(call('undo', { agent: 'nobody' })).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  });

  test('of a task are found, with its snapshots and not those of another', async () => {
    const { call, ada, sheet } = await givenWrites();
    await call('task.add', { title: 'One' });
    await call('task.add', { title: 'Two' });
    await sheet.store.transaction(async (tx) => {
      const { claimTask } = await import('../../src/task/index.js');
      const { findAgentByName } = await import('../../src/agent/index.js');
      const agent = await findAgentByName(tx, 'ada');
      if (agent !== undefined) await claimTask(tx, 'task-1', agent, 60_000);
    });
    await ada.edit('b.txt', 'b', 'c');
    expect(await call<Listed>('undo', { task: 'task-1' })).toMatchObject({ writes: [{ write: 3 }] });
    expect(await call<Listed>('undo', { task: 'task-2' })).toMatchObject({ writes: [] });
  });

  test('are shown 20 at once, the newest, and that there are more is said', async () => {
    const { call, ada } = await givenWrites();
    for (let n = 0; n < 20; n += 1) await ada.edit('b.txt', 'b', 'b.');
    const listed = await call<Listed>('undo');
    expect(listed.writes.map(({ write }) => write)).toEqual(Array.from({ length: 20 }, (_, n) => n + 3));
    expect(show(listed)).toContain('Older ones');
    expect(await call<Listed>('undo', { file: ['a.txt'] })).not.toHaveProperty('isCut');
  });

  test('are each shown with what they changed, and what can be done', async () => {
    const { call } = await givenWrites();
    const shown = await call('undo', { write: '1' });
    expect(shown).toMatchObject({ kind: 'write', write: { agent: 'ada' }, isLatest: true });
    expect(show(shown)).toContain('-two\n+TWO\n three');
    expect(show(shown)).toContain('callsheet undo --write 1 --back');
    expect(show(await call('undo', { write: '2' }))).toContain('+new');
  });

  test('are shown within bounds', async () => {
    const { call, ada } = await givenWrites();
    await ada.write('long.txt', Array.from({ length: 4_000 }, (_, n) => `line ${n}\n`).join(''));
    const shown = await call<{ diff: string }>('undo', { write: '3' });
    expect(shown.diff.length).toBeGreaterThan(10_000);
    expect(shown.diff.length).toBeLessThanOrEqual(12_000);
    expect(shown).toMatchObject({ isCut: true });
  });

  test('of what is no text are shown without a change', async () => {
    const { call, ada } = await givenWrites();
    await ada.write('binary', '\0\n');
    expect(await call('undo', { write: '3' })).toMatchObject({ diff: null });
    expect(show(await call('undo', { write: '3' }))).toContain('cannot be shown');
  });
});

describe('the content before a write', () => {
  test('is written into a new file, with the folder that it needs', async () => {
    const { call, beside, text } = await givenWrites();
    onTestFinished(() => rmSync(beside(''), { recursive: true, force: true }));
    await call('undo', { write: '1', to: beside('deep/old.txt') });
    expect(readFileSync(beside('deep/old.txt'), 'utf8')).toBe(TEN_LINES);
    expect(text('a.txt')).toContain('TWO');
  });

  test.each(['b.txt', 'folder', 'link', 'dangling', 'a.txt/x'])('is never written over %s', async (name) => {
    const { call, path, text } = await givenWrites();
    mkdirSync(path('folder'));
    symlinkSync('b.txt', path('link'));
    symlinkSync('nowhere', path('dangling'));
    await expect(call('undo', { write: '1', to: name })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
      exit: 'refused',
    });
    expect(text('b.txt')).toBe('b\n');
    expect(existsSync(path('nowhere'))).toBe(false);
  });

  test('is never written into .git, nor through a link into it', async () => {
    const { call, path } = await givenWrites();
    symlinkSync('.git', path('link'));
    for (const to of ['.git/hooks/new', 'link/new', 'link/new/deeper', 'sub/.git/config'])
      await expect(call('undo', { write: '1', to })).rejects.toMatchObject({ code: 'PATH_OUTSIDE' });
    expect(existsSync(path('.git/new'))).toBe(false);
  });

  test('is not there for a file that the write made', async () => {
    const { call } = await givenWrites();
    await expect(call('undo', { write: '2', to: 'x' })).rejects.toMatchObject({ code: 'NO_FILE_BEFORE' });
  });

  test('that was removed since is a typed error, and nothing is written', async () => {
    const { call, back, sheet, text, ada } = await givenWrites();
    await ada.event('SessionEnd', { reason: 'other' });
    rmSync(join(sheet.folder, 'blobs'), { recursive: true });
    await expect(back(1)).rejects.toMatchObject({ code: 'CONTENT_GONE', exit: 'refused' });
    await expect(call('undo', { write: '1', to: 'x' })).rejects.toMatchObject({ code: 'CONTENT_GONE' });
    expect(show(await call('undo', { write: '1' }))).toContain('not kept any more');
    expect(text('a.txt')).toContain('TWO');
  });

  test('is put back, its mode as it is now; who has seen the file is told', async () => {
    const { back, text, path, ada, call } = await givenWrites();
    chmodSync(path('a.txt'), 0o755);
    expect(await back(1)).toMatchObject({ kind: 'back', removed: false, recorded: 3 });
    expect(text('a.txt')).toBe(TEN_LINES);
    expect(statSync(path('a.txt')).mode & 0o777).toBe(0o755);
    expect((await ada.afterBatch()).told).toMatch(/a\.txt has changed[\s\S]*mia wrote it[\s\S]*-TWO\n\+two/);
    expect(readdirSync(dirname(path('a.txt'))).filter((name) => name.includes('undo'))).toEqual([]);
    expect(await call<Listed>('undo', { file: ['a.txt'] })).toMatchObject({
      writes: [{ how: 'edit' }, { how: 'undo', agent: 'mia' }],
    });
    await back(3);
    expect(text('a.txt')).toContain('TWO');
  });

  test('is put back by a person who is not at work there from then on', async () => {
    const { back, ada, bo } = await givenWrites();
    await ada.event('SessionEnd', { reason: 'other' });
    await back(1);
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
    await bo.read('a.txt');
    expect((await bo.edit('a.txt', 'nine', 'NINE')).told ?? '').not.toContain('mia works on');
  });

  test('where there was no file, takes the file away, and that can be taken back', async () => {
    const { back, path, text, bo } = await givenWrites();
    expect(await back(2)).toMatchObject({ removed: true, recorded: 3 });
    expect(existsSync(path('src/new.txt'))).toBe(false);
    expect((await bo.afterBatch()).told).toContain('mia removed it');
    await back(3);
    expect(text('src/new.txt')).toBe('new\n');
  });

  test('is not put over a later change unless that is forced; then the change is kept', async () => {
    const { back, bo, text } = await givenWrites();
    await bo.edit('a.txt', 'nine', 'NINE');
    await expect(back(1)).rejects.toMatchObject({ code: 'WRITE_OVERTAKEN', exit: 'refused' });
    expect(text('a.txt')).toContain('NINE');
    expect(await back(1, { force: true })).toMatchObject({ recorded: 4 });
    expect(text('a.txt')).toBe(TEN_LINES);
    await back(4);
    expect(text('a.txt')).toContain('NINE');
  });

  test.each([
    [1, 'a.txt is already as it was before write 1. Nothing was changed.'],
    [2, 'src/new.txt is already gone, as before write 2. Nothing was changed.'],
  ])('that is there already is left as it is: write %i', async (write, said) => {
    const given = await givenWrites();
    const { call, back } = given;
    await back(write);
    const recorded = await given.writes();
    for (const force of [false, true]) {
      const again = await back(write, { force });
      expect(again).toMatchObject({ kind: 'back', recorded: null });
      expect(show(again)).toBe(said);
    }
    expect(await given.writes()).toEqual(recorded);
    const described = await call('undo', { write: String(write) });
    expect(described).toMatchObject({ isLatest: false, isAsBefore: true });
    expect(show(described)).toMatch(/The file is as it was before this write\.$/);
  });

  test('is not put back, forced or not, over what could not be kept', async () => {
    const { back, put, path } = await givenWrites();
    put('a.txt', 'x'.repeat(6_000_000));
    await expect(back(1, { force: true })).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
    expect(statSync(path('a.txt')).size).toBe(6_000_000);
  });

  test('is not put back while another session is about to write the file', async () => {
    const { back, bo, text } = await givenWrites();
    await bo.read('a.txt');
    const { call } = await bo.ask('Write', { file_path: join(bo.cwd, 'a.txt'), content: 'x\n' });
    await expect(back(1)).rejects.toMatchObject({ code: 'FILE_BUSY' });
    await bo.afterBatch(call);
    expect(text('a.txt')).toContain('TWO');
    await back(1);
    expect(text('a.txt')).toBe(TEN_LINES);
  });

  test.each([
    ['a folder', 'FILE_IS_FOLDER', (file: string) => mkdirSync(file)],
    ['a link', 'FILE_IS_LINK', (file: string) => symlinkSync('b.txt', file)],
    ['a link that leads out', 'PATH_OUTSIDE', (file: string) => symlinkSync('/etc/passwd', file)],
    ['a link into .git', 'PATH_OUTSIDE', (file: string) => symlinkSync('.git/config', file)],
  ])('never takes the place of %s', async (_, code, make) => {
    const { back, path, text } = await givenWrites();
    rmSync(path('a.txt'));
    make(path('a.txt'));
    await expect(back(1, { force: true })).rejects.toMatchObject({ code });
    expect(text('b.txt')).toBe('b\n');
  });

  test('is not put back through a folder that is a link now', async () => {
    const { back, path, ada } = await givenWrites();
    await ada.edit('src/new.txt', 'new', 'newer');
    rmSync(path('src'), { recursive: true });
    symlinkSync(path('.git'), path('src'));
    await expect(back(3, { force: true })).rejects.toMatchObject({ code: 'PATH_OUTSIDE' });
    expect(existsSync(path('.git/new.txt'))).toBe(false);
  });

  test('goes back into the worktree in which it was written, and nowhere when that is gone', async () => {
    const given = await givenWrites();
    const { back, root } = given;
    const tree = join(realpathSync(dirname(root)), `${root.split('/').at(-1) ?? ''}-tree`);
    onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
    git(root, 'worktree', 'add', '--quiet', '--detach', tree);
    const cy = await given.session({ cwd: tree });
    await cy.edit('a.txt', 'two', 'zwei');
    await cy.edit('a.txt', 'three', 'drei');
    await back(4);
    expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe(TEN_LINES.replace('two', 'zwei'));
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toContain('TWO');
    git(root, 'worktree', 'remove', '--force', tree);
    await expect(back(3, { force: true })).rejects.toMatchObject({ code: 'CHECKOUT_GONE' });
  });
});

describe('who may', () => {
  test('look and write beside: everybody; put back: people and leads', async () => {
    const { call, sheet, root, text } = await givenWrites();
    const register = async (role: 'worker' | 'supervisor') => {
      const { token } = await sheet.store.transaction((tx) => registerAgent(tx, { role, driver: 'command' }));
      return { env: { CALLSHEET_TOKEN: token } };
    };
    const worker = await register('worker');
    expect(await call('undo', {}, worker)).toMatchObject({ writes: [{}, {}] });
    expect(await call('undo', { write: '1' }, worker)).toMatchObject({ kind: 'write' });
    await call('undo', { write: '1', to: 'old.txt' }, worker);
    expect(readFileSync(join(root, 'old.txt'), 'utf8')).toBe(TEN_LINES);
    await expect(call('undo', { write: '1', back: true }, worker)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('undo --back') as string,
      hint: expect.stringContaining('--to PATH') as string,
    });
    await expect(call('undo', { snapshot: 's-1', file: ['a.txt'] }, worker)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    expect(text('a.txt')).toContain('TWO');
    expect(await findEvents(sheet.store, { type: 'operation.refused' })).toHaveLength(2);
    expect(await call('undo', { write: '1', back: true }, await register('supervisor'))).toMatchObject({
      kind: 'back',
    });
  });

  test.each([
    { snapshot: 's-1', write: '1' },
    { to: 'x' },
    { back: true },
    { force: true },
    { write: '1', back: true, to: 'x' },
    { snapshot: 's-1', back: true },
    { write: '1', file: ['a.txt'] },
    { write: '1', agent: 'ada' },
    { snapshot: 's-1', since: '2h' },
  ])('nothing is guessed: %j is refused', async (raw) => {
    const { call } = await givenWrites();
    await expect(call('undo', raw)).rejects.toMatchObject({ code: 'UNDO_UNCLEAR', exit: 'usage' });
  });

  test('a write that is not there is refused', async () => {
    const { call } = await givenWrites();
    await expect(call('undo', { write: '99' })).rejects.toMatchObject({
      code: 'WRITE_UNKNOWN',
      exit: 'usage',
    });
  });
});

describe('what is kept of old writes', () => {
  const blobsOf = (folder: string): string[] =>
    readdirSync(join(folder, 'blobs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /[0-9a-f]\/[0-9a-f]+$/.test(name),
    );

  test('goes with clean when nobody has used it for 30 days, but not what a live session has seen', async () => {
    const { call, sheet, ada, bo, back } = await givenWrites();
    await ada.edit('a.txt', 'nine', 'NINE');
    const old = new Date(Date.now() - 31 * 86_400_000);
    for (const name of blobsOf(sheet.folder)) utimesSync(join(sheet.folder, 'blobs', name), old, old);
    const before = blobsOf(sheet.folder).length;
    const { contents } = await call<{ contents: { files: number } }>('clean', { dryRun: true });
    expect(contents.files).toBe(2); // a.txt as it was before either edit
    expect(blobsOf(sheet.folder)).toHaveLength(before);
    expect(await call('clean')).toMatchObject({ contents });
    expect(blobsOf(sheet.folder)).toHaveLength(before - 2);
    await expect(back(1, { force: true })).rejects.toMatchObject({ code: 'CONTENT_GONE' });
    expect((await bo.edit('src/new.txt', 'new', 'newer')).refused).toBeUndefined();
    await ada.event('SessionEnd', { reason: 'other' });
    for (const name of blobsOf(sheet.folder)) utimesSync(join(sheet.folder, 'blobs', name), old, old);
    expect(await call('clean')).toMatchObject({ contents: { files: 2 } }); // bo has seen the rest
  });
});
