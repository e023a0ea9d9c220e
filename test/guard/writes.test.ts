import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findAgentByName } from '../../src/agent/index.js';
import { sql } from '../../src/store/index.js';
import { claimTask } from '../../src/task/index.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

describe('a whole-file write', () => {
  test('over what another session has changed meanwhile is refused, with who, and the change', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    const answer = await ada.write('a.txt', TEN_LINES.replace('nine', 'NINE'));
    expect(answer.refused).toContain('a.txt has changed since you last saw it whole');
    expect(answer.refused).toMatch(/bo wrote it \d/);
    expect(answer.refused).toContain('-two\n+TWO');
    expect(given.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO'));
  });

  test.each([
    ['no text', 'a\0b', 'cannot be shown as text'],
    ['more than fits', 'a long line\n'.repeat(2_000), 'More has changed than is shown'],
  ])('over a change that is %s is not told that it has seen it', async (_, content, says) => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.read('a.txt');
    await bo.write('a.txt', content);
    const { refused } = await ada.write('a.txt', 'x\n');
    expect(refused).toContain(says);
    expect(refused).not.toContain('You have seen');
  });

  test('goes through once the change has been shown: it counts as seen', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    expect((await ada.write('a.txt', 'x\n')).refused).toBeDefined();
    expect((await ada.write('a.txt', TEN_LINES.replace('two', 'TWO'))).refused).toBeUndefined();
  });

  test('over what a person has changed in an editor is refused too', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    given.put('a.txt', TEN_LINES.replace('two', 'zwei'));
    const { refused } = await ada.write('a.txt', 'x\n');
    expect(refused).toContain('somebody who is not registered');
    expect(refused).toContain('+zwei');
  });

  test('over a file that was never seen is refused once, with its size and head', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    const { refused } = await ada.write('a.txt', 'x\n');
    expect(refused).toContain('a.txt exists (10 lines, 49 bytes), which you have not seen');
    expect(refused).toContain('one\ntwo\nthree');
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
    expect(given.text('a.txt')).toBe('x\n');
  });

  test('over a file that was seen in part is refused once', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt', { offset: 1, limit: 3 });
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('of which you have seen a part only');
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });

  test.each([
    ['a new file', 'new.txt', undefined],
    ['an empty file', 'empty.txt', ''],
  ])('of %s passes', async (_, name, content) => {
    const given = await givenSessions();
    const ada = await given.session();
    if (content !== undefined) given.put(name, content);
    expect(await ada.write(name, 'x\n')).toEqual({});
    expect(await ada.write(name, 'y\n')).toEqual({});
  });

  test('of a file that one has read, or written, passes', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    expect(await ada.write('a.txt', 'x\n')).toEqual({});
    expect(await ada.edit('a.txt', 'x', 'y')).toEqual({});
    expect(await ada.write('a.txt', 'z\n')).toEqual({});
  });

  test('counts other line ends as the same content', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    given.put('a.txt', TEN_LINES.replaceAll('\n', '\r\n'));
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });

  test('of a file that was seen whole with other line ends, and edited since, passes', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    given.put('a.txt', TEN_LINES.replaceAll('\n', '\r\n'));
    await ada.edit('a.txt', 'two', 'TWO');
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });

  test('that another session is about to make keeps others out of the file', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.read('a.txt');
    await ada.ask('Write', { file_path: given.path('a.txt'), content: 'x\n' });
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toContain('ada is about to write a.txt');
    await ada.afterBatch();
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toBeUndefined();
  });
});

describe('an edit', () => {
  test('far from what another session has changed passes, and the change goes along', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    const answer = await ada.edit('a.txt', 'nine', 'NINE');
    expect(answer.refused).toBeUndefined();
    expect(answer.told).toContain('-two\n+TWO');
    expect(given.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
  });

  test.each(['three', 'four', 'five'])(
    'of line %s, within 3 lines of such a change, is refused',
    async (line) => {
      const given = await givenSessions();
      const [ada, bo] = [await given.session(), await given.session()];
      await ada.read('a.txt');
      await bo.edit('a.txt', 'two', 'TWO');
      expect((await ada.edit('a.txt', line, 'X')).refused).toContain('has changed at the place of this edit');
      expect((await ada.edit('a.txt', line, 'X')).refused).toBeUndefined();
    },
  );

  test('of the line after those passes', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    expect((await ada.edit('a.txt', 'six', 'X')).refused).toBeUndefined();
  });

  test.each([
    ['seven', true],
    ['eight', false],
    ['one', true],
    ['zero', false],
  ])('of line %s is refused within 3 lines of where one was removed: %s', async (line, isRefused) => {
    const given = await givenSessions({ 'a.txt': `zero\n${TEN_LINES}` });
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'four\n', '');
    expect((await ada.edit('a.txt', `${line}\n`, 'X\n')).refused !== undefined).toBe(isRefused);
  });

  test('everywhere in a file that another session has changed is refused', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'one', 'e e');
    expect((await ada.edit('a.txt', 'e', 'E', true)).refused).toContain('bo wrote it');
  });

  test('of a file that was never seen passes, and counts as seen in part', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    expect(await ada.edit('a.txt', 'two', 'TWO')).toEqual({});
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('a part only');
  });

  test('is never refused for what nobody registered has changed; it is told', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    given.put('a.txt', TEN_LINES.replace('two', 'zwei'));
    const answer = await ada.edit('a.txt', 'three', 'THREE');
    expect(answer.refused).toBeUndefined();
    expect(answer.told).toContain('+zwei');
  });

  test('of a session whose formatter changes more belongs to that session', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.read('a.txt');
    const { call } = await ada.ask('Edit', {
      file_path: given.path('a.txt'),
      old_string: 'two',
      new_string: 'TWO',
    });
    given.put('a.txt', TEN_LINES.replace('two', '  TWO').replace('nine', '  nine'));
    expect(await ada.afterBatch(call)).toEqual({});
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
    expect((await bo.write('a.txt', 'y\n')).refused).toMatch(/ada wrote it/);
  });

  test('two sessions edit at the same moment: both stay, and each is told of the other', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.read('a.txt');
    const input = (old: string) => ({
      file_path: given.path('a.txt'),
      old_string: old,
      new_string: old.toUpperCase(),
    });
    const one = await ada.ask('Edit', input('two'));
    const other = await bo.ask('Edit', input('nine'));
    given.put('a.txt', TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
    const toldAda = await ada.afterBatch(one.call);
    const toldBo = await bo.afterBatch(other.call);
    expect(toldBo.told).toContain('+TWO');
    expect((toldAda.told ?? '') + ((await ada.afterBatch()).told ?? '')).toContain('+NINE');
  });
});

describe('outside of the rules', () => {
  test('a file outside the repository is nobody’s business', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    expect(await ada.ask('Write', { file_path: '/tmp/somewhere-else.txt', content: 'x' })).toMatchObject({
      call: {},
    });
    expect(
      (await ada.ask('Write', { file_path: '/tmp/somewhere-else.txt', content: 'x' })).refused,
    ).toBeUndefined();
  });

  test.each(['.git/config', '.git/callsheet/sheet.db', 'sub/../.git/HEAD'])('%s is refused', async (name) => {
    const given = await givenSessions();
    const ada = await given.session();
    const { refused } = await ada.ask('Write', { file_path: `${given.root}/${name}`, content: 'x' });
    expect(refused).toContain('belongs to git itself');
  });

  test('a session that holds a task of a kind that writes nothing is kept from writing', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await given.call('task.add', { title: 'Look', id: 'look', kind: 'research' }, { as: 'mia' });
    await given.sheet.store.transaction(async (tx) => {
      const agent = await findAgentByName(tx, 'ada');
      if (agent !== undefined) await claimTask(tx, 'look', agent, 60_000);
    });
    await ada.read('a.txt');
    expect((await ada.edit('a.txt', 'two', 'TWO')).refused).toContain(
      'is of the kind research: it writes no files',
    );
    expect(
      (await ada.ask('Write', { file_path: `${given.root}.txt`, content: 'x' })).refused,
    ).toBeUndefined();
  });

  test('the workspace of another agent in a run is refused', async () => {
    const given = await givenSessions();
    const path = `${given.root}.callsheet/run-1/one-1`;
    git(given.root, 'worktree', 'add', '--quiet', path);
    onTestFinished(() => rmSync(`${given.root}.callsheet`, { recursive: true, force: true }));
    await given.sheet.store.transaction((tx) =>
      tx.run(
        sql`insert into workspace (path, kind, run_id, task_id, attempt, slot, created_ms)
          values (${path}, 'worker', 'run-1', 'one', 1, 1, 0)`,
      ),
    );
    const ada = await given.session();
    const { refused } = await ada.ask('Write', { file_path: join(path, 'a.txt'), content: 'x' });
    expect(refused).toContain('is in a workspace of run-1, in which another agent works');
  });

  test('a session that was never registered passes', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    await ada.write('a.txt', 'x\n');
    const stranger = await given.session();
    await stranger.event('SessionEnd', { reason: 'other' });
    const { Session } = await import('./given-sessions.js');
    const nobody = new Session({ guard: given.guard }, 'claude', given.root, 'unheard-of');
    expect(await nobody.write('a.txt', 'y\n')).toEqual({});
  });
});
