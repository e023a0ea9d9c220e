import { describe, expect, test } from 'vitest';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

async function givenTwo(files: Record<string, string> = { 'a.txt': TEN_LINES, 'b.txt': 'b\n' }) {
  const given = await givenSessions(files);
  return { ...given, ada: await given.session(), bo: await given.session() };
}

describe('the work of a subagent that has ended', () => {
  async function givenEnded() {
    const given = await givenTwo();
    const sub = await given.ada.subagent('s1');
    await sub.edit('b.txt', 'b', 'c');
    await sub.write('n.txt', 'new\n');
    await sub.event('SubagentStop', { agent_type: 'general-purpose' });
    return given;
  }

  test.each(['git stash', 'git reset --hard', 'rm n.txt', 'git clean -fd', 'git checkout -- b.txt'])(
    'is that of its session: %s of another is refused',
    async (command) => {
      const { ada, bo } = await givenEnded();
      expect((await bo.ask('Bash', { command })).refused).toMatch(/would throw away work of ada,/);
      expect((await ada.ask('Bash', { command })).refused).toBeUndefined();
    },
  );

  test('is protected as long as its session goes on', async () => {
    const { ada, bo } = await givenEnded();
    await ada.event('SessionEnd', { reason: 'other' });
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
  });

  test('is named as that of its session to whoever writes there too, and to whoever begins', async () => {
    const { session, bo } = await givenEnded();
    expect((await bo.edit('b.txt', 'c', 'd')).told).toContain('ada works on b.txt too');
    expect((await session()).greeting).toMatch(/ada \(.*\) has written n\.txt, b\.txt\./);
  });
});

describe('the work of several in one file', () => {
  const COMMANDS = [
    'git checkout -- a.txt',
    'git stash',
    'git restore a.txt',
    'git reset --hard',
    'rm a.txt',
  ];

  async function givenBoth() {
    const given = await givenTwo();
    await given.bo.edit('a.txt', 'two', 'TWO');
    await given.ada.edit('a.txt', 'nine', 'NINE');
    return given;
  }

  test.each(COMMANDS)('stands for each, whoever wrote last: %s is refused to both', async (command) => {
    const { ada, bo } = await givenBoth();
    expect((await ada.ask('Bash', { command })).refused).toContain('would throw away work of bo,');
    expect((await bo.ask('Bash', { command })).refused).toContain('would throw away work of ada,');
  });

  test('is gone when it has been undone', async () => {
    const { ada, bo } = await givenBoth();
    await bo.edit('a.txt', 'TWO', 'two');
    expect((await ada.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toContain('work of ada,');
  });

  test('is gone when it has been committed, and the rest of the file has not', async () => {
    const { ada, bo, root } = await givenTwo();
    await bo.edit('a.txt', 'two', 'TWO');
    git(root, 'commit', '-qam', 'x');
    await ada.edit('a.txt', 'nine', 'NINE');
    expect((await ada.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
  });

  test('is gone when the other has written something else in its place', async () => {
    const { ada, bo } = await givenTwo();
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.read('a.txt');
    await ada.edit('a.txt', 'TWO', 'Zwei');
    expect((await ada.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
  });

  test('stands where it is only another order of lines, whatever else is written', async () => {
    const { ada, bo, put, text } = await givenTwo();
    await bo.read('a.txt');
    await bo.write('a.txt', TEN_LINES.replace('one\ntwo\n', 'two\none\n'));
    await ada.edit('a.txt', 'nine', 'NINE');
    put('a.txt', `${text('a.txt')}eleven\n`);
    expect((await ada.ask('Bash', { command: 'git stash' })).refused).toContain('work of bo,');
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toContain('work of ada,');
    await bo.edit('a.txt', 'two\none\n', 'one\ntwo\n');
    expect((await ada.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
  });

  test('is not the order of what another has put in between, or has taken out', async () => {
    const { ada, bo, root } = await givenTwo();
    await bo.edit('a.txt', 'one\ntwo\n', 'two\none\n');
    git(root, 'commit', '-qam', 'x');
    await ada.edit('a.txt', 'one\n', 'zero\none\n');
    await bo.edit('a.txt', 'five\n', 'twice\nfive\nonce\ntwice\n');
    await bo.edit('a.txt', 'twice\nfive\nonce\ntwice\n', 'five\n');
    expect((await ada.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
  });

  test('stands where only the order of lines is other, and where no lines can be compared', async () => {
    const { ada, bo } = await givenTwo({ 'a.txt': 'one\ntwo\n', 'b.bin': 'a\0' });
    await bo.read('a.txt');
    await bo.write('a.txt', 'two\none\n');
    expect((await ada.ask('Bash', { command: 'git checkout a.txt' })).refused).toContain('work of bo,');
    await bo.read('b.bin');
    await bo.bash('printf "b\\0" > b.bin');
    expect((await ada.ask('Bash', { command: 'git checkout b.bin' })).refused).toContain('work of bo,');
  });
});
