import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readBlob } from '../../src/blob/index.js';
import { showUndo } from '../../src/operations/undo/show-undo.js';
import { sql } from '../../src/store/index.js';
import { findWrites } from '../../src/write/index.js';
import { applyEdit, givenSessions, put, TEN_LINES, type Session } from './given-sessions.js';

type Given = Awaited<ReturnType<typeof givenSessions>>;

/** What `callsheet undo --write N` would bring back, for the N that somebody was told. */
async function wayBack(given: Given, told: string | undefined): Promise<string | undefined> {
  const seq = Number(/callsheet undo --write (\d+)/.exec(told ?? '')?.[1]);
  const write = (await findWrites(given.sheet.store)).find((each) => each.seq === seq);
  return write === undefined ? undefined : readBlob(given.sheet.folder, write.before)?.toString();
}

/** A command between its permission and the end of its step. */
async function begin(session: Session, command: string) {
  const { call, ...heard } = await session.ask('Bash', { command });
  expect(heard.refused).toBeUndefined();
  return {
    run: () => void spawnSync('sh', ['-c', command], { cwd: session.cwd }),
    end: () => session.afterBatch(call),
  };
}

async function beginEdit(given: Given, session: Session, old: string, replacement: string) {
  const path = given.path('a.txt');
  const { call, ...heard } = await session.ask('Edit', {
    file_path: path,
    old_string: old,
    new_string: replacement,
  });
  expect(heard.refused).toBeUndefined();
  return { run: () => applyEdit(path, old, replacement), end: () => session.afterBatch(call) };
}

/** Two sessions that have read a file, and a command of the second that writes it from what it has read. */
async function givenStaleCommand(command: string) {
  const given = await givenSessions();
  const [ada, bo] = [await given.session(), await given.session()];
  await ada.read('a.txt');
  await bo.read('a.txt');
  return { given, ada, bo, stale: () => begin(bo, command) };
}

describe('a command that writes over a change of another that its agent has not seen', () => {
  const NAMED = 'printf "mine\\n" > a.txt';
  const HIDDEN = 'f=a.txt; printf "mine\\n" > "$f"';

  test.each([NAMED, HIDDEN])('%s: both are told, with the way back', async (command) => {
    const { given, ada, stale } = await givenStaleCommand(command);
    await ada.edit('a.txt', 'two', 'TWO');
    const bos = await stale();
    bos.run();
    const { told } = await bos.end();
    expect(told).toContain('-two\n+TWO');
    expect(await wayBack(given, told)).toContain('TWO');
    expect(await wayBack(given, (await ada.afterBatch()).told)).toContain('TWO');
  });

  test('is shown of a long change what fits, and that there was more', async () => {
    const { ada, bo } = await givenStaleCommand('');
    await ada.write('a.txt', 'a long line of work\n'.repeat(400));
    const { told = '' } = await bo.bash(NAMED);
    expect(told).toMatch(
      /\+a long line of work\n\+a long line of work\n[\s\S]*There was more than is shown here/,
    );
    expect(told.length).toBeLessThan(3_000);
  });

  test.each([
    [NAMED, 'its own step'],
    [NAMED, 'that of the other'],
    [HIDDEN, 'its own step'],
    [HIDDEN, 'that of the other'],
  ])('%s, before anybody looked at that change, and %s ends first', async (command, first) => {
    const { given, ada, stale } = await givenStaleCommand(command);
    const bos = await stale();
    const adas = await beginEdit(given, ada, 'two', 'TWO');
    adas.run();
    bos.run();
    const ends = [bos.end, adas.end];
    for (const end of first === 'its own step' ? ends : ends.reverse()) await end();
    const notices = await given.sheet.store.all(sql`select agent_id, body from notice order by seq`);
    const told = notices.filter(({ body }) => String(body).includes('undo --write'));
    expect(new Set(told.map((row) => row['agent_id'])).size).toBe(2);
    for (const { body } of told) expect(await wayBack(given, String(body))).toContain('TWO');
  });

  test('is found also when somebody reads the file before the command has ended', async () => {
    const { given, ada, stale } = await givenStaleCommand(HIDDEN);
    const cy = await given.session();
    await ada.edit('a.txt', 'two', 'TWO');
    const bos = await stale();
    bos.run();
    await cy.read('a.txt');
    expect(await wayBack(given, (await bos.end()).told)).toContain('TWO');
    expect(await wayBack(given, (await ada.afterBatch()).told)).toContain('TWO');
  });

  test('is not said of a command that leaves that change as it is', async () => {
    const { ada, bo } = await givenStaleCommand(NAMED);
    await ada.edit('a.txt', 'two', 'TWO');
    expect((await bo.bash('echo more >> a.txt')).told).not.toContain('undo --write');
  });
});

describe('who wrote what, while a command of another is under way', () => {
  test('what it adds is not taken for the work of who edits the file meanwhile', async () => {
    const { given, ada, stale } = await givenStaleCommand('f=a.txt; echo more >> "$f"');
    const bos = await stale();
    const adas = await beginEdit(given, ada, 'two', 'TWO');
    adas.run();
    bos.run();
    expect((await adas.end()).told).toMatch(/a command of bo, or somebody[\s\S]*\+more/);
  });

  test('what a formatter makes of an edit is', async () => {
    const { given, ada, bo } = await givenStaleCommand('');
    await begin(bo, 'npm test');
    const adas = await beginEdit(given, ada, 'two', 'TWO');
    put(given.path('a.txt'), TEN_LINES.replace('two', '  TWO').replace('nine', '  "nine"'));
    expect(await adas.end()).toEqual({});
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });

  test('a whole-file write of a file that it says it writes is held back, an edit is not', async () => {
    const { ada, stale } = await givenStaleCommand('printf "mine\\n" > a.txt');
    const bos = await stale();
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('bo is about to write a.txt');
    expect((await ada.edit('a.txt', 'two', 'TWO')).refused).toBeUndefined();
    await bos.end();
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });
});

describe('a file that an agent has made by a command', () => {
  test.each([
    "cat > new.txt <<'EOF'\none\ntwo\nEOF",
    'cat <<EOF > new.txt\none\nEOF\necho done',
    'echo one > new.txt',
    'seq 3 > "new.txt"',
    'seq 3 | tee new.txt',
    'cd . && printf x >> ./new.txt',
  ])('counts as seen whole: %s', async (command) => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.bash(command);
    expect(given.text('new.txt')).not.toBe('');
    expect(await ada.write('new.txt', 'x\n')).toEqual({});
  });

  test.each([
    'cat > a.txt <<EOF\nx\nEOF',
    "cat > a.txt <<'EOF'\n$(seq 3) `seq 3`\nEOF",
    'cat > a.txt <<EOF\ncosts 5$ or \\$5, \\`so\\`\nEOF',
    'seq 3 | cat <<EOF > a.txt\nx\nEOF',
    'seq 3 | echo x > a.txt',
  ])('counts so too when it was there and the command holds all of its new content: %s', async (command) => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.bash(command);
    expect(await ada.write('a.txt', 'y\n')).toEqual({});
  });

  test.each([
    'seq 3 > a.txt',
    'echo more >> a.txt',
    'cat other.txt > a.txt',
    'seq 3 | cat > a.txt',
    '{ cat > a.txt; } < other.txt',
    'cat <<EOF < other.txt > a.txt\nx\nEOF',
    'cat > a.txt <<EOF\n$(seq 3)\nEOF',
    'cat > a.txt <<EOF\nx\n\\\\`seq 3`\nEOF',
    'cat > a.txt <<EOF\nI am in $PWD\nEOF',
    'echo *.txt > a.txt',
  ])('does not when it was there, and it was %s', async (command) => {
    const given = await givenSessions();
    const ada = await given.session();
    given.put('other.txt', 'other\n');
    await ada.bash(command);
    expect((await ada.write('a.txt', 'y\n')).refused).toBeDefined();
  });

  test('belongs to it: another that has not seen it is held back, and what it replaced can be brought back', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.bash('echo one > new.txt && seq 3 > a.txt');
    expect((await bo.write('new.txt', 'x\n')).refused).toContain('which you have not seen');
    const writes = await findWrites(given.sheet.store, { paths: ['a.txt'] });
    expect(readBlob(given.sheet.folder, writes.at(-1)?.before ?? '')?.toString()).toBe(TEN_LINES);
  });
});

describe('what a person does in an editor while a command is under way that does not say what it writes', () => {
  test('is not taken for the work of that agent: an edit by another is not refused for it', async () => {
    const { given, ada, bo } = await givenStaleCommand('');
    const bos = await begin(bo, 'npm test');
    given.put('a.txt', TEN_LINES.replace('two', 'zwei'));
    await bos.end();
    const { refused, told } = await ada.edit('a.txt', 'three', 'THREE');
    expect(refused).toBeUndefined();
    expect(told).toMatch(/a command of bo, or somebody who is not registered, wrote it[\s\S]*\+zwei/);
  });

  test('is not taken for seen by that agent either', async () => {
    const { given, bo } = await givenStaleCommand('');
    const bos = await begin(bo, 'npm test');
    given.put('a.txt', TEN_LINES.replace('two', 'zwei'));
    await bos.end();
    const { refused } = await bo.write('a.txt', 'x\n');
    expect(refused).toMatch(/a command of yours, or somebody who is not registered, wrote it[\s\S]*\+zwei/);
  });
});

describe('a change made while commands of two agents are under way that do not say what they write', () => {
  async function givenChange() {
    const given = await givenSessions();
    const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
    for (const each of [ada, cy]) await each.read('a.txt');
    const [adas, bos] = [await begin(ada, 'npm test'), await begin(bo, 'npm test')];
    given.put('a.txt', TEN_LINES.replace('two', 'TWO'));
    const { told } = await adas.end();
    await bos.end();
    return { given, ada, bo, cy, told };
  }

  const EITHER = 'a command of ada, or of bo, or somebody who is not registered, wrote it';

  test('is said to be of either, or of somebody who is not registered', async () => {
    const { cy, told } = await givenChange();
    expect(told).toContain(EITHER.replace('ada', 'yours'));
    expect((await cy.prompt('Go on.')).told).toContain(EITHER);
  });

  test('and written over by a command: its agent and both are told, with the way back', async () => {
    const { given, ada, bo, cy } = await givenChange();
    const { told } = await cy.bash('printf "mine\\n" > a.txt');
    expect(told).toContain(EITHER);
    expect(await wayBack(given, told)).toContain('TWO');
    for (const each of [ada, bo]) {
      const heard = await each.afterBatch();
      expect(heard.told).toContain(
        'a command of cy wrote a.txt over a change that a command of yours may have made',
      );
      expect(await wayBack(given, heard.told)).toContain('TWO');
    }
  });

  test('is said to be perhaps theirs in the list of writes', async () => {
    const { given } = await givenChange();
    const listed = await given.call<Parameters<typeof showUndo>[0]>('undo');
    expect(listed).toMatchObject({ writes: [{ perhaps: ['ada', 'bo'], how: 'outside' }] });
    expect(showUndo(listed)).toMatch(/perhaps ada or bo +outside +a\.txt/);
  });

  test('is forgotten with the write', async () => {
    const { given } = await givenChange();
    const { store } = given.sheet;
    await store.transaction((tx) => tx.run(sql`delete from write`));
    expect(await store.all(sql`select * from write_suspect`)).toEqual([]);
  });
});

test('of a change that any of several commands may have written over the author hears of all of them, once', async () => {
  const given = await givenSessions();
  const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
  await ada.read('a.txt');
  await ada.edit('a.txt', 'two', 'TWO');
  const [bos, cys] = [await begin(bo, 'npm test'), await begin(cy, 'npm test')];
  given.put('a.txt', 'mine\n');
  await bos.end();
  await cys.end();
  const { told } = await ada.afterBatch();
  expect(told?.split('over a change of yours')).toHaveLength(2);
  expect(told).toContain('a command, perhaps of bo, or of cy, wrote a.txt over a change of yours');
});

test('who may have written over a change that may be its own hears of that once', async () => {
  const given = await givenSessions({ 'a.txt': 'build 1\n' });
  const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
  await cy.read('a.txt');
  const [adas, bos] = [await begin(ada, 'npm run watch'), await begin(bo, 'npm run watch')];
  for (const text of ['build 2\n', 'build 3\n']) {
    given.put('a.txt', text);
    await cy.read('a.txt');
  }
  for (const each of [adas, bos]) {
    const { told } = await each.end();
    expect(told?.match(/callsheet undo --write 2/g)).toHaveLength(1);
    expect(told).toMatch(
      /over a change that you had not seen: a command of yours, or of (?:ada|bo), or somebody/,
    );
  }
});

test('a write that is lost in the step that made it is not told to its author as another’s', async () => {
  const given = await givenSessions();
  const [ada, bo, cy] = [await given.session(), await given.session(), await given.session()];
  for (const each of [ada, bo, cy]) await each.read('a.txt');
  const adas = await ada.ask('Bash', { command: 'npm test' });
  await begin(bo, 'npm test');
  const input = { file_path: given.path('a.txt'), old_string: 'two', new_string: 'TWO' };
  const edit = await ada.ask('Edit', input);
  given.put('a.txt', 'mine\n');
  await cy.read('a.txt');
  const { told } = await ada.afterBatch(adas.call, edit.call);
  expect(told).toContain('a command, perhaps of bo, wrote a.txt over a change of yours');
  expect(told).not.toContain('that you had not seen');
});

test('what a subagent wrote that has ended, and that is written over, is told to its session', async () => {
  const given = await givenSessions();
  const [ada, cy] = [await given.session(), await given.session()];
  const helper = await ada.subagent('s1');
  for (const each of [cy, helper]) await each.read('a.txt');
  await helper.edit('a.txt', 'two', 'TWO');
  await helper.event('SubagentStop', {});
  await cy.bash('printf "mine\\n" > a.txt');
  expect(await wayBack(given, (await ada.afterBatch()).told)).toContain('TWO');
});

test('a file that a command is about to make stays known when another session ends meanwhile', async () => {
  const given = await givenSessions();
  const [ada, bo] = [await given.session(), await given.session()];
  const adas = await begin(ada, 'echo one > new.txt');
  adas.run();
  await bo.event('SessionEnd', { reason: 'other' });
  await adas.end();
  expect(await ada.write('new.txt', 'x\n')).toEqual({});
});
