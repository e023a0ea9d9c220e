import { describe, expect, test } from 'vitest';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

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
