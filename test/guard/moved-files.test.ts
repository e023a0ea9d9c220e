import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { findAgentByName } from '../../src/agent/index.js';
import { contentOf } from '../../src/guard/content.js';
import { defined } from '../../src/store/index.js';
import { recordWrite } from '../../src/write/index.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, put, TEN_LINES, type Session } from './given-sessions.js';

/** Files that ada has read, and of which bo has changed and committed the first since. */
async function givenChanged(files: Record<string, string> = { 'a.txt': TEN_LINES }) {
  const given = await givenSessions(files);
  const [ada, bo] = [await given.session(), await given.session()];
  for (const name of Object.keys(files)) await ada.read(name);
  await bo.edit('a.txt', 'two', 'TWO');
  git(given.root, 'commit', '-qam', 'x');
  return { ...given, ada, bo };
}

describe('a file that a command has moved', () => {
  test.each(['mv a.txt c.txt', 'mv a.txt Z.txt', 'cp a.txt c.txt && rm a.txt'])(
    'is known as the one that it was: %s',
    async (command) => {
      const { ada, text } = await givenChanged();
      await ada.bash(command);
      const name = /\w\.txt(?= |$)/.exec(command.replace('a.txt', ''))?.[0] ?? '';
      expect((await ada.write(name, 'mine\n')).refused).toMatch(
        new RegExp(`${name} has changed since you last saw it whole.*: bo wrote it[\\s\\S]*\\+TWO`),
      );
      expect(text(name)).toContain('TWO');
      expect(await ada.write(name, 'mine\n')).toEqual({});
    },
  );

  test('is refused an edit where the other has changed it', async () => {
    const { ada } = await givenChanged();
    await ada.bash('mv a.txt c.txt');
    expect((await ada.edit('c.txt', 'three', 'THREE')).refused).toContain('bo wrote it');
  });

  test('onto another that was seen whole is known as the one that it was', async () => {
    const { ada } = await givenChanged({ 'a.txt': TEN_LINES, 'c.txt': 'c\n' });
    await ada.bash('mv a.txt c.txt');
    expect((await ada.write('c.txt', 'mine\n')).refused).toContain('bo wrote it');
  });

  test.each(['mv a.txt sub', 'mkdir d && mv a.txt d', 'mv a.txt c.txt sub/'])(
    'into a folder is known as the one that it was: %s',
    async (command) => {
      const { ada } = await givenChanged({ 'a.txt': TEN_LINES, 'c.txt': 'c\n', 'sub/x.txt': 'x\n' });
      await ada.bash(command);
      const name = command.includes('sub') ? 'sub/a.txt' : 'd/a.txt';
      expect((await ada.write(name, 'mine\n')).refused).toContain('bo wrote it');
      expect(await ada.write(name, 'mine\n')).toEqual({});
    },
  );

  test('and changed by the same command is not known whole', async () => {
    const { ada } = await givenChanged();
    await ada.bash('mv a.txt c.txt && sed -i s/five/FIVE/ c.txt');
    expect((await ada.write('c.txt', 'mine\n')).refused).toContain('c.txt exists');
  });

  test('that was never seen is written over only when that is asked for twice', async () => {
    const { session } = await givenChanged();
    const cy = await session();
    await cy.bash('mv a.txt c.txt');
    expect((await cy.write('c.txt', 'mine\n')).refused).toContain('which you have not seen');
    expect(await cy.write('c.txt', 'mine\n')).toEqual({});
  });

  test.each(['mv a.txt c.txt', 'mv a.txt Z.txt'])(
    'that was seen whole is known whole: %s',
    async (command) => {
      const { ada } = await givenChanged();
      await ada.read('a.txt');
      await ada.bash(command);
      expect(await ada.write(command.slice(-5), 'mine\n')).toEqual({});
    },
  );
});

describe('the work of another in a file that was moved', () => {
  const THROWS_AWAY: [string, string[]][] = [
    ['mv a.txt z.txt', ['rm z.txt', 'rm *.txt', 'git stash -u', 'git clean -fd', 'mv z.txt /elsewhere']],
    ['mv a.txt Z.txt', ['rm Z.txt', 'git stash -u', 'git clean -fd']],
    [
      'git mv a.txt z.txt',
      ['rm z.txt', 'git reset --hard', 'git stash', 'git checkout -f', 'git rm -f z.txt'],
    ],
  ];

  /** Two sessions of which bo has changed `a.txt`. */
  async function givenWork(files: Record<string, string | Buffer> = { 'a.txt': TEN_LINES }) {
    const given = await givenSessions({ 'a.txt': TEN_LINES });
    for (const [name, text] of Object.entries(files)) put(given.path(name), text);
    git(given.root, 'add', '-A');
    git(given.root, 'commit', '-qm', 'files', '--allow-empty');
    const [ada, bo] = [await given.session(), await given.session()];
    await bo.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    const refusedTo = async (session: Session, command: string) => {
      const { call, refused } = await session.ask('Bash', { command });
      await session.afterBatch(call);
      return refused;
    };
    return { ...given, ada, bo, refusedTo };
  }

  test.each(THROWS_AWAY)('stands there: after %s, %j are refused', async (move, commands) => {
    const { ada, refusedTo } = await givenWork();
    await ada.bash(move);
    for (const command of commands)
      expect(await refusedTo(ada, command)).toContain('would throw away work of bo,');
  });

  test.each([
    ['twice', ['git mv a.txt y.txt', 'git mv y.txt z.txt']],
    ['there and back', ['mv a.txt z.txt', 'mv z.txt a.txt']],
    ['again and again', ['mv a.txt y.txt', 'mv y.txt x.txt', 'mv x.txt a.txt', 'git mv a.txt z.txt']],
    ['onto another', ['mv -f a.txt b.txt']],
    ['into a folder', ['mv a.txt sub/', 'git mv b.txt sub']],
    [
      'into a folder that is named first',
      ['mv -t sub a.txt', 'mkdir new', 'mv --target-directory=new sub/a.txt'],
    ],
    ['into a folder and out of it', ['mv a.txt b.txt sub', 'cd sub && mv a.txt ..']],
    ['into a folder that it has made', ['mkdir -p new && git mv a.txt new']],
    ['with its folder', ['mv a.txt sub', 'git mv sub lib']],
    ['with its folder into another', ['mkdir lib', 'mv a.txt sub/a.txt', 'git mv sub lib', 'mv lib sub']],
    [
      'and changed by the same command',
      ["git mv a.txt z.txt && sed -i 's/nine/NINE/' z.txt", 'mv z.txt y.txt'],
    ],
    ['and written again', ['git mv a.txt z.txt', "sed -i 's/nine/NINE/' z.txt"]],
  ])('stands when it was moved %s', async (_, moves) => {
    const { ada, refusedTo } = await givenWork({ 'b.txt': 'b\n', 'sub/c.txt': 'c\n' });
    for (const move of moves) await ada.bash(move);
    expect(await refusedTo(ada, 'rm -rf *')).toContain('work of bo');
    expect(await refusedTo(ada, 'git stash -u')).toContain('work of bo');
  });

  test('stands when several have moved it, some of whom have ended', async () => {
    const { ada, session, refusedTo } = await givenWork();
    const cy = await session();
    await cy.bash('git mv a.txt y.txt');
    await ada.bash('git mv y.txt z.txt');
    await cy.event('SessionEnd', { reason: 'other' });
    expect(await refusedTo(ada, 'rm z.txt')).toContain('work of bo');
  });

  test('stands when the move was committed without it', async () => {
    const { ada, root, refusedTo } = await givenWork();
    await ada.bash('git mv a.txt z.txt');
    git(root, 'commit', '-qm', 'moved');
    expect(await refusedTo(ada, 'git checkout -- z.txt')).toContain('work of bo');
    git(root, 'commit', '-qam', 'the work');
    expect(await refusedTo(ada, 'rm z.txt')).toBeUndefined();
  });

  test('stands where no lines can be compared', async () => {
    const { ada, bo, refusedTo } = await givenWork({ 'b.bin': 'a\0' });
    await bo.bash('printf "b\\0" > b.bin');
    await ada.bash('git mv b.bin c.bin');
    expect(await refusedTo(ada, 'rm c.bin')).toContain('work of bo');
  });

  test('stands where git did not follow the file', async () => {
    const { ada, bo, refusedTo } = await givenWork();
    await bo.write('new.txt', 'new\n');
    await ada.bash('mv new.txt other.txt');
    expect(await refusedTo(ada, 'rm other.txt')).toContain('work of bo');
    expect(await refusedTo(bo, 'rm other.txt')).toBeUndefined();
  });

  test.each([
    ['it takes it away there', async (bo: Session) => bo.edit('z.txt', 'TWO', 'two')],
    ['it ends', async (bo: Session) => bo.event('SessionEnd', { reason: 'other' })],
  ])('is gone when %s', async (_, end) => {
    const { ada, bo, refusedTo } = await givenWork();
    await ada.bash('mv a.txt z.txt');
    await end(bo);
    expect(await refusedTo(ada, 'rm z.txt')).toBeUndefined();
    expect(await refusedTo(ada, 'git stash -u')).toBeUndefined();
  });

  test('is not what it has committed, also not as a formatter has left it', async () => {
    const { ada, root, put: putFile, text, refusedTo } = await givenWork();
    putFile('a.txt', text('a.txt').replace('five', 'five;'));
    git(root, 'commit', '-qam', 'the work');
    for (const move of ['git mv a.txt z.txt', 'git mv z.txt y.txt', 'git mv y.txt a.txt', 'mv a.txt y.txt']) {
      await ada.bash(move);
      for (const command of ['git reset --hard', 'git stash -u', 'rm *.txt'])
        expect({ move, command, refused: await refusedTo(ada, command) }).toEqual({ move, command });
    }
  });

  test('is not in what whoever removes the file makes besides, though lines of it are the same', async () => {
    const { ada, bo, root, put: putFile, refusedTo } = await givenWork();
    await bo.edit('a.txt', 'TWO', 'two');
    git(root, 'commit', '-qam', 'x', '--allow-empty');
    await bo.edit('a.txt', 'one', 'ONE');
    const { call } = await ada.ask('Bash', { command: 'git mv a.txt z.txt && make > y.txt' });
    ada.remove('a.txt');
    putFile('z.txt', TEN_LINES);
    putFile('y.txt', `ONE\n${'made\n'.repeat(20)}`);
    await ada.afterBatch(call);
    expect(await refusedTo(ada, 'rm y.txt')).toBeUndefined();
    expect(await refusedTo(ada, 'rm z.txt')).toBeUndefined();
    expect(await refusedTo(bo, 'rm y.txt')).toContain('work of ada');
  });

  test('leaves whoever has moved it what is its own: the move, and its lines', async () => {
    const { ada, bo, refusedTo } = await givenWork({ 'c.txt': TEN_LINES, 'd.txt': TEN_LINES });
    await ada.edit('c.txt', 'six', 'SIX');
    await ada.bash('git mv c.txt e.txt && git mv d.txt f.txt');
    for (const name of ['e.txt', 'f.txt']) {
      expect(await refusedTo(ada, `rm ${name}`)).toBeUndefined();
      expect(await refusedTo(bo, `rm ${name}`)).toContain('work of ada');
    }
  });
});

test('how often a file was moved does not make it slow to tell whose work is in it', async () => {
  const { root, session, sheet } = await givenSessions();
  const [ada, bo] = [await session(), await session()];
  await bo.edit('a.txt', 'two', 'TWO');
  await ada.bash('mv a.txt z.txt');
  const agent = await findAgentByName(sheet.store, 'ada');
  const { hash } = contentOf(join(root, 'z.txt'));
  await sheet.store.transaction(async (tx) => {
    const move = { checkout: root, how: 'shell', ...defined({ agentId: agent?.id }) } as const;
    for (let times = 0; times < 1_000; times += 1)
      for (const [from, to] of [
        ['z.txt', 'a.txt'],
        ['a.txt', 'z.txt'],
      ] as const) {
        await recordWrite(tx, { ...move, path: from, before: hash, after: '' });
        await recordWrite(tx, { ...move, path: to, before: '', after: hash });
      }
  });
  const begun = process.cpuUsage();
  await ada.ask('Bash', { command: 'rm z.txt' });
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000).toBeLessThan(1_000);
});

test('however many folders a line moves, what is at work in their checkout is looked for once by each look', async () => {
  const { session, sheet } = await givenSessions({ 'sub/a.txt': TEN_LINES });
  const [ada, bo] = [await session(), await session()];
  await bo.edit('sub/a.txt', 'two', 'TWO');
  const all = vi.spyOn(sheet.store, 'all');
  const looksFor = async (moves: number) => {
    all.mockClear();
    await ada.ask('Bash', { command: 'mv sub lib; '.repeat(moves) });
    return all.mock.calls.filter(([{ sql }]) => sql.includes('session cross join write')).length;
  };
  const once = await looksFor(1);
  expect(once).toBeGreaterThan(0);
  expect(await looksFor(200)).toBe(once);
});
