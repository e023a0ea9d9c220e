import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { contentOf, LOOK_AGAIN, stampOf } from '../../src/guard/index.js';
import { findKnownFile } from '../../src/write/index.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

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

describe('a command that waits for another’s write', () => {
  test('is not who changes files meanwhile', async () => {
    const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES });
    const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
    await ada.read('a.txt');
    await cy.read('b.txt');
    const input = { file_path: given.path('a.txt'), old_string: 'two', new_string: 'TWO' };
    const edit = await ada.ask('Edit', input);
    const waits = firstWait(given);
    const command = bo.ask('Bash', { command: 'echo eleven >> a.txt' });
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
