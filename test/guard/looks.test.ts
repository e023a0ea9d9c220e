import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { contentOf, LOOK_AGAIN, stampOf } from '../../src/guard/index.js';
import { findKnownFile } from '../../src/write/index.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

type Stats = fs.BigIntStats | undefined;

const { fstatSync, statSync } = fs as unknown as Record<string, (...args: unknown[]) => Stats>;

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(fs, { fstatSync, statSync });
  syncBuiltinESMExports();
});

/** Has the file system say of open files, and of files by their paths, what this makes of it. */
function tellOfFiles(of: (stats: fs.BigIntStats) => Partial<fs.BigIntStats>): void {
  const changed = (stats: Stats): Stats =>
    typeof stats?.mtimeNs === 'bigint' ? Object.assign(stats, of(stats)) : stats;
  Object.assign(fs, {
    fstatSync: (...args: unknown[]) => changed(fstatSync?.(...args)),
    statSync: (...args: unknown[]) => changed(statSync?.(...args)),
  });
  syncBuiltinESMExports();
}

/** As if somebody wrote every file all the time. @returns Ends that. */
function beWritten(): () => void {
  let writes = 0n;
  tellOfFiles(({ mtimeNs }) => ({ mtimeNs: mtimeNs + (writes += 1n) }));
  return () => {
    Object.assign(fs, { fstatSync, statSync });
    syncBuiltinESMExports();
  };
}

const REWRITE = `
  const { writeFileSync } = require('node:fs');
  const contents = [Buffer.alloc(400_000, 'a'), Buffer.alloc(300_000, 'b')];
  process.send('ready');
  for (let at = 0; ; at += 1) writeFileSync(process.argv[1], contents[at % 2]);`;

test('what is read of a file while it is written does not pass for what its stamp stands for', async () => {
  const file = (await givenSessions()).path('a.txt');
  const child = spawn(process.execPath, ['-e', REWRITE, file], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  for (let looks = 0; looks < 2_000; looks += 1) {
    const { bytes, stamp } = contentOf(file);
    if (stamp !== LOOK_AGAIN) expect(stamp).toMatch(new RegExp(`^${bytes?.length}:`));
  }
});

test('a write of the same size in the moment after a look is found', async () => {
  const { path, sheet, ...given } = await givenSessions({ 'a.txt': 'one\n' });
  for (let tries = 0; tries < 100; tries += 1) {
    given.put('a.txt', 'two\n');
    const { stamp, isFresh } = contentOf(path('a.txt'));
    given.put('a.txt', 'six\n');
    if (stampOf(path('a.txt')) === stamp) expect(isFresh).toBe(true);
  }
  const ada = await given.session();
  given.put('a.txt', 'two\n');
  await ada.read('a.txt');
  const known = await findKnownFile(sheet.store, sheet.root, 'a.txt');
  expect(known?.stamp).not.toBe(stampOf(path('a.txt')));
  given.put('a.txt', 'six\n');
  expect((await ada.write('a.txt', 'x\n')).refused).toContain('-two\n+six');
});

describe('what is known of a file that is as it was', () => {
  const known = (file: string) => ({ hash: 'known', stamp: stampOf(file) });
  const longAgo = () => tellOfFiles(({ ctimeNs }) => ({ ctimeNs: ctimeNs - 1_000_000_000n }));

  test('is not worked out again', async () => {
    const file = (await givenSessions()).path('a.txt');
    longAgo();
    expect(contentOf(file, known(file))).toMatchObject({ hash: 'known', bytes: Buffer.from(TEN_LINES) });
  });

  test('is, where another write could have left the same stamp', async () => {
    const { put, path } = await givenSessions();
    const now = BigInt(Date.now()) * 1_000_000n + 1n;
    tellOfFiles(() => ({ ctimeNs: now }));
    put('a.txt', 'two\n');
    const { hash, stamp } = contentOf(path('a.txt'));
    expect(contentOf(path('a.txt'), { hash: 'known', stamp })).toMatchObject({ hash, stamp });
  });

  test('is, for two seconds, where the file system keeps whole ones', async () => {
    const { path } = await givenSessions();
    const second = BigInt(Math.floor(Date.now() / 1_000)) * 1_000_000_000n;
    tellOfFiles(() => ({ ctimeNs: second }));
    expect(contentOf(path('a.txt')).isFresh).toBe(true);
    tellOfFiles(() => ({ ctimeNs: second - 999_999_999n }));
    expect(contentOf(path('a.txt')).isFresh).toBe(false);
  });

  test('is, where it has changed, or is written at this moment', async () => {
    const { put, path } = await givenSessions();
    const file = path('a.txt');
    longAgo();
    const before = known(file);
    put('a.txt', 'two\n');
    expect(contentOf(file, before).hash).toBe('f719efd430d52bcfc8566a43b2eb655688d38871');
    const end = beWritten();
    expect(contentOf(file, { hash: 'known', stamp: LOOK_AGAIN }).hash).not.toBe('known');
    end();
  });
});

describe('a look that another overtakes', () => {
  test.each([0, 1, 2])(
    'at transaction %i of a hook is taken again: nothing goes back to what it was',
    async (at) => {
      const { sheet, ...given } = await givenSessions();
      const [ada, bo] = [await given.session(), await given.session()];
      await ada.read('a.txt');
      await bo.read('a.txt');
      const transaction = sheet.store.transaction.bind(sheet.store);
      let begun = 0;
      vi.spyOn(sheet.store, 'transaction').mockImplementation(async (work) => {
        if ((begun += 1) - 1 === at) await bo.edit('a.txt', 'nine', 'NINE');
        return transaction(work);
      });
      await ada.read('a.txt');
      vi.restoreAllMocks();
      await ada.edit('a.txt', 'two', 'TWO');
      expect((await given.writes()).map(({ agent }) => agent)).toEqual(begun > at ? ['bo', 'ada'] : ['ada']);
    },
  );
});

/** Has the next call that has to wait do so until what this resolves to is called. */
function firstWait(given: Pick<Awaited<ReturnType<typeof givenSessions>>, 'guard'>): Promise<() => void> {
  given.guard.patienceMs = 1_000_000;
  return new Promise((resolve) => {
    vi.spyOn(given.guard.store.clock, 'after').mockImplementation((_, work) => {
      resolve(work);
      return () => undefined;
    });
  });
}

describe('a file that is written while it is looked at', () => {
  test('is recorded as it was found each time, and as it is at the end', async () => {
    const given = await givenSessions();
    const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
    await ada.read('a.txt');
    await ada.edit('a.txt', 'two', 'TWO');
    const { call } = await bo.ask('Bash', { command: 'make' });
    given.put('a.txt', 'mi');
    const rest = beWritten();
    await cy.read('a.txt');
    rest();
    given.put('a.txt', 'mine\n');
    await bo.afterBatch(call);
    expect((await given.writes()).map(({ agent }) => agent)).toEqual(['ada', 'bo', 'bo']);
    expect((await ada.afterBatch()).told).toContain('perhaps of bo, wrote a.txt over a change of yours');
  });

  test.each([
    ['all the time', () => void beWritten()],
    ['so that it has not the size that it is said to have', () => tellOfFiles(() => ({ size: 0n }))],
  ])('%s: an edit of it waits no longer than another', async (_, make) => {
    const { path, guard, ...given } = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    guard.patienceMs = 200;
    const waited = vi.spyOn(guard.store.clock, 'after').mockImplementation((_ms, work) => {
      setImmediate(work);
      return () => undefined;
    });
    make();
    const input = { file_path: path('a.txt'), old_string: 'two', new_string: 'TWO' };
    expect((await ada.ask('Edit', input)).refused).toBeUndefined();
    expect(waited.mock.calls.length).toBeLessThan(20);
  });
});

test('where the clock of the file system stands still no content goes back to what it was', async () => {
  const { sheet, ...given } = await givenSessions();
  const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
  for (const each of [ada, bo]) await each.read('a.txt');
  const now = Date.now();
  const ctimeNs = BigInt(now) * 1_000_000n;
  tellOfFiles(() => ({ mtimeNs: ctimeNs, ctimeNs }));
  vi.spyOn(Date, 'now').mockReturnValue(now + 3);
  const transaction = sheet.store.transaction.bind(sheet.store);
  vi.spyOn(sheet.store, 'transaction').mockImplementationOnce(async (work) => {
    await bo.edit('a.txt', 'nine', 'NINE');
    return transaction(work);
  });
  await ada.read('a.txt');
  await cy.read('a.txt');
  expect((await given.writes()).map(({ agent }) => agent)).toEqual(['bo']);
});

test('a file whose times lie in the future is not read again and again', async () => {
  const given = await givenSessions();
  const ada = await given.session();
  const now = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
  await ada.read('a.txt');
  const known = await findKnownFile(given.sheet.store, given.root, 'a.txt');
  expect(known?.stamp).toBe(stampOf(given.path('a.txt')));
});

describe('a command that waits for another’s write', () => {
  test.each([
    ['that it does not name', 'echo eleven >> a.txt'],
    ['that it names, too', 'echo eleven >> b.txt; echo eleven >> a.txt'],
  ])('is not who changes files meanwhile %s', async (_, shell) => {
    const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES });
    const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
    await ada.read('a.txt');
    await cy.read('b.txt');
    const input = { file_path: given.path('a.txt'), old_string: 'two', new_string: 'TWO' };
    const edit = await ada.ask('Edit', input);
    const waits = firstWait(given);
    const command = bo.ask('Bash', { command: shell });
    const goOn = await waits;
    given.put('b.txt', 'of a person\n');
    await cy.read('b.txt');
    given.put('a.txt', TEN_LINES.replace('two', 'TWO'));
    await ada.afterBatch(edit.call);
    goOn();
    expect((await command).refused).toBeUndefined();
    expect(await given.writes()).toEqual([
      { agent: null, path: 'b.txt' },
      { agent: 'ada', path: 'a.txt' },
    ]);
  });
});

describe('two edits of one file at once, while a command runs', () => {
  test('are those of their agents, not of the command', async () => {
    const given = await givenSessions();
    const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
    for (const each of [ada, bo]) await each.read('a.txt');
    const editOf = (each: typeof ada, old: string) =>
      each.ask('Edit', { file_path: given.path('a.txt'), old_string: old, new_string: old.toUpperCase() });
    await editOf(ada, 'two');
    await editOf(bo, 'nine');
    await cy.ask('Bash', { command: 'make' });
    given.put('a.txt', TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
    // Their client says nothing of the results.
    await ada.event('PostToolBatch', { tool_calls: [] });
    await bo.event('PostToolBatch', { tool_calls: [] });
    expect((await given.writes()).map(({ agent }) => agent)).toEqual(['ada', 'bo']);
  });
});
