import { describe, expect, test } from 'vitest';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

const MANY = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}.txt`, TEN_LINES]));

describe('what a session has relied on', () => {
  test('and another has changed, it is told at its next step: which file, who, and how; once', async () => {
    const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': 'b\n' });
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    const { told } = await ada.read('b.txt');
    expect(told).toContain('a.txt has changed since you last saw it: bo wrote it');
    expect(told).toContain('-two\n+TWO');
    expect(await ada.read('b.txt')).toEqual({});
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });

  test('is told in its newest state only', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'zwei');
    await bo.edit('a.txt', 'zwei', 'deux');
    const { told = '' } = await ada.afterBatch();
    expect(told).toContain('+deux');
    expect(told).not.toContain('zwei');
  });

  test('and that is as it was again, is not told', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'zwei');
    await bo.edit('a.txt', 'zwei', 'two');
    expect(await ada.afterBatch()).toEqual({});
  });

  test('and that is gone, is told as gone', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.read('a.txt');
    await bo.bash('rm a.txt');
    expect((await ada.afterBatch()).told).toMatch(/a\.txt, which you have seen, is gone: bo removed it/);
  });

  test('in many files is told within bounds, the rest by name', async () => {
    const given = await givenSessions(MANY);
    const [ada, bo] = [await given.session(), await given.session()];
    const long = Array.from({ length: 40 }, (_, n) => `a new line, number ${n}`).join('\n');
    for (const name of Object.keys(MANY)) await ada.read(name);
    for (const name of Object.keys(MANY)) await bo.edit(name, 'two', long);
    const { told = '' } = await ada.afterBatch();
    expect(told.length).toBeLessThan(9_000);
    expect(told).toMatch(/more files that you have seen have changed: f\d+\.txt/);
    expect(await ada.afterBatch()).toEqual({});
  });

  test('is not told of its own writes, nor of files it has not seen', async () => {
    const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': 'b\n' });
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    expect(await ada.edit('a.txt', 'two', 'TWO')).toEqual({});
    await bo.edit('b.txt', 'b', 'c');
    expect(await ada.afterBatch()).toEqual({});
  });
});

describe('before a turn ends', () => {
  test('a session is sent back once when something it relied on has changed unseen', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    const { refused } = await ada.stop();
    expect(refused).toContain('+TWO');
    expect(refused).toContain('does what you did and said still hold?');
    expect(await ada.stop(true)).toEqual({});
    expect(await ada.stop()).toEqual({});
  });

  test('also when a person has changed it in an editor', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    given.put('a.txt', TEN_LINES.replace('two', 'zwei'));
    expect((await ada.stop()).refused).toContain('somebody who is not registered');
  });

  test('a session on its own ends as it would without the guard', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    await ada.edit('a.txt', 'two', 'TWO');
    await ada.bash('echo more >> a.txt');
    expect(await ada.stop()).toEqual({});
  });
});

describe('commands in a shell', () => {
  test('that change what another has seen are that session’s writes', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.bash("sed -i 's/two/TWO/' a.txt");
    expect((await ada.afterBatch()).told).toMatch(
      /a\.txt has changed since you last saw it: bo wrote it[\s\S]*\+TWO/,
    );
  });

  test('that write over an unseen change are told of to both, with the way back', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.read('a.txt');
    await ada.edit('a.txt', 'two', 'TWO');
    const { told } = await bo.bash('printf "mine\\n" > a.txt');
    expect(told).toContain('your command wrote a.txt over a change that you had not seen: ada wrote it');
    expect(told).toMatch(/callsheet undo --write \d+/);
    expect((await ada.afterBatch()).told).toMatch(/bo wrote it/);
  });

  test.each(['cat a.txt', 'cat < a.txt || cat a.txt', 'cd . && cat "a.txt"'])(
    '%s shows all of a file',
    async (command) => {
      const given = await givenSessions();
      const ada = await given.session();
      await ada.bash(command);
      expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
    },
  );

  test.each([
    'head -3 a.txt',
    'grep two a.txt',
    'cat a.txt | head -3',
    'sed -n 1,3p a.txt',
    'git diff -- a.txt',
  ])('%s shows a part', async (command) => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.bash(command);
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('a part only');
  });

  test.each([
    'git stash',
    'git reset --hard',
    'git checkout -- .',
    'git checkout a.txt',
    'git restore .',
    'rm a.txt',
    'rm -rf .',
    'cd . && git -C . stash push',
  ])('%s is refused while another session has work there', async (command) => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    const { refused } = await bo.ask('Bash', { command });
    expect(refused).toContain('would throw away work of ada');
    expect(refused).toContain('a.txt');
    expect((await ada.ask('Bash', { command })).refused).toBeUndefined();
  });

  test.each([
    'git stash list',
    'git status',
    'git commit -m "git stash"',
    'echo git reset --hard',
    'git clean -n',
    'rm other.txt',
    'git switch -c new',
    'git restore --staged a.txt',
    'git push',
  ])('%s is not', async (command) => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    expect((await bo.ask('Bash', { command })).refused).toBeUndefined();
  });

  test.each(['git stash -u', 'git switch other', 'rm -rf .'])(
    '%s is let through once all that the other has written is committed, and refused from its next write on',
    async (command) => {
      const given = await givenSessions({ 'a.txt': TEN_LINES, 'lib/b.txt': TEN_LINES, 'gone.txt': 'x\n' });
      const [ada, bo] = [await given.session(), await given.session()];
      await ada.edit('a.txt', 'two', 'TWO');
      await ada.edit('lib/b.txt', 'two', 'TWO');
      await ada.write('lib/new/c.txt', 'new\n');
      await ada.bash('rm gone.txt');
      const commit = async (...paths: string[]) => {
        git(given.root, 'add', '--all', ...paths);
        git(given.root, 'commit', '--quiet', '-m', 'mine');
        return (await bo.ask('Bash', { command })).refused;
      };
      expect(await commit('a.txt', 'gone.txt')).toContain('lib/new/c.txt');
      expect(await commit('lib/new')).toContain('lib/b.txt');
      expect(await commit('.')).toBeUndefined();
      git(given.root, 'gc', '--quiet');
      expect((await bo.ask('Bash', { command })).refused).toBeUndefined();
      await ada.edit('lib/b.txt', 'nine', 'NINE');
      expect((await bo.ask('Bash', { command })).refused).toContain('lib/b.txt');
    },
  );

  test('what git keeps with other line ends is committed too', async () => {
    const given = await givenSessions({ 'a.txt': TEN_LINES, '.gitattributes': '* text=auto eol=crlf\n' });
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.write('new.txt', 'one\r\ntwo\r\n');
    expect((await bo.ask('Bash', { command: 'git stash -u' })).refused).toContain('new.txt');
    git(given.root, 'add', '--all');
    git(given.root, 'commit', '--quiet', '-m', 'mine');
    expect((await bo.ask('Bash', { command: 'git stash -u' })).refused).toBeUndefined();
  });

  test('what changed while only its commands were under way is no work of a session', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await ada.bash(`node -e 'fs.appendFileSync("a.txt", "more\\n")'`);
    expect(await given.writes()).toEqual([{ agent: 'ada', path: 'a.txt' }]);
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
  });

  test('what a session wrote stays its work when a formatter has changed it since', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    given.put('a.txt', given.text('a.txt').replace('nine', 'NINE'));
    await bo.read('a.txt');
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toContain('work of ada');
  });

  test('nothing is refused when nobody else is at work', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    await ada.event('SessionEnd', { reason: 'other' });
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
  });
});
