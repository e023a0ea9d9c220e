import { readBlob } from '../../src/blob/index.js';
import { findWrites, openCallsOn } from '../../src/write/index.js';
import { describe, expect, test } from 'vitest';
import { givenSessions, put, TEN_LINES, type Session } from './given-sessions.js';

type Given = Awaited<ReturnType<typeof givenSessions>>;

/** Two sessions that have read a file. */
async function givenTwo() {
  const given = await givenSessions();
  const [ada, bo] = [await given.session(), await given.session()];
  await ada.read('a.txt');
  await bo.read('a.txt');
  return { ...given, ada, bo };
}

const askToEdit = (given: Pick<Given, 'path'>, session: Session, old: string) =>
  session.ask('Edit', { file_path: given.path('a.txt'), old_string: old, new_string: old.toUpperCase() });

describe('an edit that is under way', () => {
  test('is noted as it was asked for: what it makes is worked out when it has been made', async () => {
    const { ada, sheet, root, ...given } = await givenTwo();
    await askToEdit(given, ada, 'two');
    const [call] = await openCallsOn(sheet.store, root, 'a.txt');
    expect(call).toMatchObject({ kind: 'edit', edits: [{ old: 'two', new: 'TWO' }] });
    expect(call?.expected).toBeUndefined();
  });

  test('of a file too large to be kept is told from what somebody else does to it', async () => {
    const text = `two\n${'line\n'.repeat(1_200_000)}`;
    const given = await givenSessions({ 'a.txt': text });
    const ada = await given.session();
    await ada.read('a.txt');
    await askToEdit(given, ada, 'two');
    given.put('a.txt', `${text}of a person\n`);
    await ada.prompt('No, leave that.');
    expect(await given.writes()).toEqual([{ agent: null, path: 'a.txt' }]);
    await ada.edit('a.txt', 'two', 'TWO');
    expect(await given.writes()).toEqual([
      { agent: null, path: 'a.txt' },
      { agent: 'ada', path: 'a.txt' },
    ]);
  });
});

describe('a call that was let through, and that a person then refused', () => {
  test('leaves what that person did to the file meanwhile to be seen', async () => {
    const { ada, ...given } = await givenTwo();
    await askToEdit(given, ada, 'two');
    given.put('a.txt', `${TEN_LINES}of a person\n`);
    expect((await ada.prompt('No, leave that.')).told).toContain('+of a person');
    expect(await given.writes()).toEqual([{ agent: null, path: 'a.txt' }]);
  });

  test('does so for a whole-file write, too', async () => {
    const { ada, ...given } = await givenTwo();
    await ada.ask('Write', { file_path: given.path('a.txt'), content: 'x\n' });
    given.put('a.txt', `${TEN_LINES}of a person\n`);
    expect((await ada.prompt('No, leave that.')).told).toContain('+of a person');
  });

  test('counts as never made where the client says so', async () => {
    const { ada, ...given } = await givenTwo();
    const { call } = await askToEdit(given, ada, 'two');
    given.put('a.txt', TEN_LINES.replace('two', 'TWO'));
    const answer = '<tool_use_error>String to replace not found in file.</tool_use_error>';
    await ada.event('PostToolBatch', { tool_calls: [{ ...call, tool_response: answer }] });
    expect(await given.writes()).toEqual([{ agent: null, path: 'a.txt' }]);
  });
});

describe('a call that was let through, and never made, of a file that another has edited since', () => {
  test.each([
    ['its next prompt', (ada: Session) => ada.prompt('No, leave that.')],
    ['the end of a step that does not name it', (ada: Session) => ada.afterBatch()],
  ])('is no write of its session at %s', async (_, next) => {
    const { ada, bo, ...given } = await givenTwo();
    await askToEdit(given, ada, 'two');
    await bo.edit('a.txt', 'nine', 'NINE');
    const { told } = await next(ada);
    expect(told).toContain('-nine\n+NINE');
    expect(told).not.toContain('two\n+');
    expect(await given.writes()).toEqual([{ agent: 'bo', path: 'a.txt' }]);
    expect((await ada.bash('git checkout -- a.txt')).refused).toContain('work of bo');
  });
});

describe('a dialog that is left open', () => {
  test('keeps others out of the file for a minute, and for no longer', async () => {
    const { ada, bo, ...given } = await givenTwo();
    await ada.ask('Write', { file_path: given.path('a.txt'), content: 'x\n' });
    given.clock.advance(59_000);
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toContain('ada is about to write a.txt');
    given.clock.advance(1_000);
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toBeUndefined();
  });

  test('does so while its session shows signs of life', async () => {
    const { ada, bo, ...given } = await givenTwo();
    await ada.ask('Write', { file_path: given.path('a.txt'), content: 'x\n' });
    given.clock.advance(50_000);
    await ada.ask('Read', { file_path: given.path('a.txt') });
    given.clock.advance(50_000);
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toContain('ada is about to write a.txt');
  });

  test('and is accepted late loses nothing: both are told, with the way back', async () => {
    const { ada, bo, ...given } = await givenTwo();
    const { call } = await ada.ask('Write', { file_path: given.path('a.txt'), content: 'x\n' });
    given.clock.advance(60_000);
    await bo.edit('a.txt', 'nine', 'NINE');
    given.put('a.txt', 'x\n');
    const told = [(await ada.afterBatch(call)).told, (await bo.afterBatch()).told];
    for (const text of told) {
      const seq = Number(/callsheet undo --write (\d+)/.exec(text ?? '')?.[1]);
      const write = (await findWrites(given.sheet.store)).find((each) => each.seq === seq);
      expect(readBlob(given.sheet.folder, write?.before ?? '')?.toString()).toContain('NINE');
    }
  });

  test('and is accepted late for an edit keeps both, and tells each of the other', async () => {
    const { ada, bo, ...given } = await givenTwo();
    const { call } = await askToEdit(given, ada, 'two');
    given.clock.advance(60_000);
    await bo.read('a.txt');
    await bo.write('a.txt', TEN_LINES.replace('nine', 'NINE'));
    given.put('a.txt', TEN_LINES.replace('nine', 'NINE').replace('two', 'TWO'));
    expect((await ada.afterBatch(call)).told).toContain('+NINE');
    expect((await bo.afterBatch()).told).toContain('+TWO');
    expect((await given.writes()).map(({ agent }) => agent)).toEqual(['bo', 'ada']);
  });
});

test('under `lock` a call that was never made holds the file no longer than until its session goes on', async () => {
  const { ada, bo, ...given } = await givenTwo();
  given.put('callsheet.config.yaml', 'guard:\n  "**": lock\n');
  await askToEdit(given, ada, 'two');
  await ada.prompt('No, leave that.');
  expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toBeUndefined();
});

describe('calls of one session in one file, which its client makes one after the other', () => {
  test.each([
    [
      'two edits',
      [
        ['two', 'TWO'],
        ['nine', 'NINE'],
      ],
    ],
    [
      'two edits of neighbouring lines',
      [
        ['two', 'TWO'],
        ['three', 'THREE'],
      ],
    ],
  ])('%s are told nothing of each other', async (_, edits) => {
    const { ada, bo, ...given } = await givenTwo();
    const calls = [];
    for (const [old = '', replacement = ''] of edits) {
      const input = { file_path: given.path('a.txt'), old_string: old, new_string: replacement };
      const { call, ...heard } = await ada.ask('Edit', input);
      expect(heard).toEqual({});
      given.put('a.txt', given.text('a.txt').replace(old, replacement));
      calls.push(call);
    }
    expect(await ada.afterBatch(...calls)).toEqual({});
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
    expect((await bo.write('a.txt', 'y\n')).refused).toMatch(/ada wrote it/);
  });

  test('edits, a read and whole-file writes are not refused', async () => {
    const { ada, ...given } = await givenTwo();
    const file_path = given.path('a.txt');
    const write = async (content: string) => {
      const { call, ...heard } = await ada.ask('Write', { file_path, content });
      expect(heard).toEqual({});
      given.put('a.txt', content);
      return call;
    };
    const edit = await askToEdit(given, ada, 'two');
    given.put('a.txt', TEN_LINES.replace('two', 'TWO'));
    const read = await ada.ask('Read', { file_path });
    const writes = [await write('x\n'), await write('y\n')];
    expect(await ada.afterBatch(edit.call, read.call, ...writes)).toEqual({});
    expect(await write('z\n')).toBeDefined();
  });
});

describe('a call that was made', () => {
  test('is its session’s, and what a person did to the file at the same time is told', async () => {
    const { ada, ...given } = await givenTwo();
    const { call } = await askToEdit(given, ada, 'two');
    given.put('a.txt', `${TEN_LINES.replace('two', 'TWO')}of a person\n`);
    const { told } = await ada.afterBatch(call);
    expect(told).toContain('+of a person');
    expect(told).not.toContain('+TWO');
    expect(await given.writes()).toEqual([
      { agent: 'ada', path: 'a.txt' },
      { agent: null, path: 'a.txt' },
    ]);
  });

  test('is found also where its client says nothing of it, and others have changed the file elsewhere', async () => {
    const { ada, bo, ...given } = await givenTwo();
    await askToEdit(given, ada, 'two');
    given.put('a.txt', `${TEN_LINES.replace('two', '  TWO')}of a person\n`);
    await ada.prompt('Go on.');
    expect((await bo.edit('a.txt', 'three', 'x')).refused).toMatch(/ada wrote it/);
  });

  test('and after which another has edited the file elsewhere: each knows its own, and is told of the other', async () => {
    const { ada, bo, ...given } = await givenTwo();
    const [one, other] = [await askToEdit(given, ada, 'two'), await askToEdit(given, bo, 'nine')];
    put(given.path('a.txt'), TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
    await bo.afterBatch(other.call);
    await ada.afterBatch(one.call);
    expect((await given.writes()).map(({ agent }) => agent)).toEqual(['bo', 'ada']);
  });
});
