import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OPERATIONS, type RawInput } from '../../src/operations/index.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

interface Lost {
  lost: { write: number; agent: string; path: string; lostBy: { write: number; agent: string } }[];
  unknown: number;
  isCut?: boolean;
}

/** Two sessions of a checkout in which nobody is kept from anything. */
async function givenCowboys(policy = 'cowboy') {
  const given = await givenSessions({
    'a.txt': TEN_LINES,
    'b.txt': TEN_LINES,
    'callsheet.config.yaml': `guard:\n  '**': ${policy}\n`,
  });
  const [ada, bo] = [await given.session(), await given.session()];
  const find = (raw: RawInput = {}) => given.call<Lost>('undo', { lost: true, ...raw }, { as: 'mia' });
  const numbers = async (raw: RawInput = {}) =>
    (await find(raw)).lost.map(({ write, lostBy }) => [write, lostBy.write]);
  return { ...given, ada, bo, find, numbers };
}

function show(output: unknown): string {
  const undo = OPERATIONS.find(({ name }) => name === 'undo');
  return (undo?.show as (output: unknown) => string)(output);
}

describe('a change that another took away', () => {
  test('is listed: whose, in which file, who took it away; and its content comes back from there', async () => {
    const { ada, bo, find, call, path, text } = await givenCowboys();
    await ada.edit('a.txt', 'two', 'TWO');
    await bo.write('a.txt', TEN_LINES.replace('nine', 'NINE'));
    const found = await find();
    expect(found).toMatchObject({
      kind: 'lost',
      lost: [{ write: 1, agent: 'ada', path: 'a.txt', lostBy: { write: 2, agent: 'bo' } }],
      unknown: 0,
    });
    expect(show(found)).toMatch(/\n1 +\S+Z +ada +a\.txt +2 +\S+Z +bo\n/);
    expect(show(found)).toContain('callsheet undo --write 2 --to PATH');
    onTestFinished(() => rmSync(path('old.txt'), { force: true }));
    await call('undo', { write: '2', to: 'old.txt' });
    expect(text('old.txt')).toContain('TWO');
  });

  test.each(['guard', 'warn', 'lock'])(
    'is listed under %s too, though its author was asked first',
    async (policy) => {
      const { ada, bo, numbers } = await givenCowboys(policy);
      await ada.edit('a.txt', 'two', 'TWO');
      await ada.stop();
      await bo.read('a.txt');
      await bo.edit('a.txt', 'TWO', '2');
      expect(await numbers()).toEqual([[1, 2]]);
    },
  );

  test('by a command, or by removing the file, is listed', async () => {
    const { ada, bo, numbers } = await givenCowboys();
    await ada.edit('a.txt', 'two', 'TWO');
    await ada.edit('b.txt', 'two', 'TWO');
    await bo.bash('sed -i s/TWO/2/ a.txt; rm b.txt');
    expect((await numbers()).map(([write]) => write)).toEqual([1, 2]);
  });

  test('by a write that was let through before it came is listed', async () => {
    const { ada, bo, numbers, put } = await givenCowboys();
    const file_path = join(bo.cwd, 'a.txt');
    const content = TEN_LINES.replace('nine', 'NINE');
    const { call } = await bo.ask('Write', { file_path, content });
    await ada.edit('a.txt', 'two', 'TWO');
    put('a.txt', content);
    await bo.afterBatch(call);
    expect(await numbers()).toEqual([[1, 2]]);
  });

  test('is found by agent, file and time', async () => {
    const { ada, bo, numbers, clock } = await givenCowboys();
    await ada.edit('a.txt', 'two', 'TWO');
    await bo.write('a.txt', TEN_LINES);
    clock.advance(3 * 3_600_000);
    await bo.edit('b.txt', 'two', 'zwei');
    await ada.write('b.txt', TEN_LINES);
    expect(await numbers()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await numbers({ agent: 'bo' })).toEqual([[3, 4]]);
    expect(await numbers({ file: ['a.txt'] })).toEqual([[1, 2]]);
    expect(await numbers({ since: '1h' })).toEqual([[3, 4]]);
  });
});

describe('no change is said to be lost', () => {
  test('that is still there beside what others wrote', async () => {
    const { ada, bo, find } = await givenCowboys();
    await ada.edit('a.txt', 'two', 'TWO');
    await bo.edit('a.txt', 'nine', 'NINE');
    expect(await find()).toMatchObject({ lost: [], unknown: 0 });
    expect(show(await find())).toBe('No write is missing that another took away.');
  });

  test('that its own session or subagent took away', async () => {
    const { ada, bo, numbers } = await givenCowboys();
    await ada.edit('a.txt', 'two', 'TWO');
    await (await ada.subagent('one')).edit('a.txt', 'TWO', 'zwei');
    await ada.edit('a.txt', 'zwei', 'deux');
    await bo.edit('a.txt', 'nine', 'NINE');
    expect(await numbers()).toEqual([]);
  });

  test('that somebody brought back, or that was taken back with undo', async () => {
    const { ada, bo, numbers, call, put } = await givenCowboys();
    await ada.edit('a.txt', 'two', 'TWO');
    await bo.write('a.txt', TEN_LINES);
    put('a.txt', TEN_LINES.replace('two', 'TWO'));
    expect(await numbers()).toEqual([]);
    await ada.edit('b.txt', 'two', 'TWO');
    await call('undo', { agent: 'ada', file: ['b.txt'], back: true }, { as: 'mia' });
    expect(await numbers()).toEqual([]);
  });
});

describe('the search', () => {
  test('says of how many writes it cannot tell', async () => {
    const { ada, bo, find, sheet } = await givenCowboys();
    await ada.edit('a.txt', 'two', 'TWO');
    await bo.write('a.txt', TEN_LINES);
    rmSync(join(sheet.folder, 'blobs'), { recursive: true });
    expect(await find()).toMatchObject({ lost: [], unknown: 2 });
    expect(show(await find())).toContain('2 writes could not be compared');
  });

  test.each<RawInput>([{ snapshot: 's-1' }, { write: '1' }, { back: true }, { to: 'x' }, { force: true }])(
    'is a list: with %j it is refused',
    async (raw) => {
      const { find } = await givenCowboys();
      await expect(find({ since: '2h', ...raw })).rejects.toMatchObject({ code: 'UNDO_UNCLEAR' });
    },
  );

  test('looks at the newest 200 writes of a file, and says that there are older ones', async () => {
    const { find, sheet, root } = await givenCowboys();
    const { keepBlob } = await import('../../src/blob/index.js');
    const { contentHash } = await import('../../src/read/index.js');
    const { recordWrite } = await import('../../src/write/index.js');
    const { registerAgent } = await import('../../src/agent/index.js');
    await sheet.store.transaction(async (tx) => {
      const { agent } = await registerAgent(tx, { role: 'worker', driver: 'claude' });
      const kept = (text: string) => {
        const hash = contentHash(Buffer.from(text), '');
        keepBlob(sheet.folder, hash, Buffer.from(text));
        return hash;
      };
      for (let n = 0; n < 201; n += 1)
        await recordWrite(tx, {
          ...{ checkout: root, path: 'a.txt', agentId: agent.id, how: 'edit' },
          ...{ before: kept(`${n}\n`), after: kept(`${n + 1}\n`) },
        });
    });
    expect(await find()).toMatchObject({ lost: [], unknown: 0, isCut: true });
  });
});
