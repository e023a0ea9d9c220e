import { dirname, join } from 'node:path';
import { realpathSync, rmSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sql } from '../../src/store/index.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

async function givenTwo(files: Record<string, string> = {}) {
  const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES, ...files });
  const [ada, bo] = [await given.session(), await given.session()];
  const named = () => given.sheet.store.all(sql`select agent, path from mentions`);
  return { ...given, ada, bo, named };
}

describe('two sessions whose prompts name one file', () => {
  test('are told of each other, once', async () => {
    const { ada, bo } = await givenTwo();
    expect((await ada.prompt('Look at @a.txt, please.')).told).toBeUndefined();
    expect((await bo.prompt('Speed up @a.txt')).told).toBe('callsheet: ada was asked about a.txt too.');
    expect((await ada.afterBatch()).told).toBe('callsheet: bo was asked about a.txt too.');
    expect((await ada.prompt('And @a.txt again')).told).toBeUndefined();
    expect((await bo.prompt('And @a.txt again')).told).toBeUndefined();
  });

  test('are not told again when one of them writes it, but of each other file', async () => {
    const { ada, bo } = await givenTwo();
    await ada.prompt('@a.txt @b.txt');
    await bo.prompt('@a.txt');
    await ada.afterBatch();
    expect((await ada.edit('a.txt', 'two', 'TWO')).told).toBeUndefined();
    expect((await bo.prompt('@b.txt')).told).toContain('ada was asked about b.txt too');
  });

  test('are told in different checkouts, with the other one', async () => {
    const { ada, root, session } = await givenTwo();
    const tree = join(realpathSync(dirname(root)), `${root.split('/').at(-1) ?? ''}-tree`);
    onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
    git(root, 'worktree', 'add', '--quiet', '--detach', tree);
    const cy = await session({ cwd: tree });
    await ada.prompt('@a.txt');
    expect((await cy.prompt('@a.txt')).told).toContain(
      `ada was asked about a.txt too, in another checkout (${root})`,
    );
    expect((await ada.afterBatch()).told).toContain(`in another checkout (${tree})`);
  });

  test.each(['cowboy', 'off'])('hear nothing where the policy is %s', async (policy) => {
    const { ada, bo, named } = await givenTwo({
      'callsheet.config.yaml': `guard:\n  a.txt: '${policy}'\n`,
    });
    await ada.prompt('@a.txt');
    expect((await bo.prompt('@a.txt')).told).toBeUndefined();
    await ada.edit('a.txt', 'two', 'TWO');
    expect((await bo.edit('a.txt', 'nine', 'NINE')).told).toBeUndefined();
    expect((await ada.afterBatch()).told).toBeUndefined();
    expect(await named()).toEqual([]);
  });
});

describe('a session whose prompt names a file', () => {
  test('is told of another that has written it, which is told too', async () => {
    const { ada, bo } = await givenTwo();
    await ada.edit('a.txt', 'two', 'TWO');
    expect((await bo.prompt('See @a.txt')).told).toContain('ada works on a.txt too.');
    expect((await ada.afterBatch()).told).toContain('bo was asked about a.txt too.');
  });

  test('is told when another writes it later', async () => {
    const { ada, bo } = await givenTwo();
    await bo.prompt('See @a.txt');
    expect((await ada.edit('a.txt', 'two', 'TWO')).told).toContain('bo was asked about a.txt too.');
    expect((await bo.afterBatch()).told).toContain('ada works on a.txt too.');
  });

  test('hears nothing of its own subagents', async () => {
    const { ada } = await givenTwo();
    const sub = await ada.subagent('one');
    await ada.prompt('See @a.txt');
    expect((await sub.edit('a.txt', 'two', 'TWO')).told).toBeUndefined();
    expect((await ada.afterBatch()).told ?? '').not.toContain('too.');
  });

  test.each(['@src', '@gone.txt', '@/etc/passwd', '@.git/config', 'ada@a.txt'])(
    'is not taken to name one by %s',
    async (word) => {
      const { ada, named } = await givenTwo({ 'src/x.txt': 'x\n' });
      await ada.prompt(`See ${word}`);
      expect(await named()).toEqual([]);
    },
  );
});

describe('what a prompt has named', () => {
  test('is kept while the session lives, and others hear nothing of it afterwards', async () => {
    const { ada, bo, named } = await givenTwo();
    await ada.prompt('See @a.txt and @b.txt');
    expect(await named()).toHaveLength(2);
    await ada.event('SessionEnd', { reason: 'other' });
    expect(await named()).toEqual([]);
    expect((await bo.prompt('See @a.txt')).told).toBeUndefined();
  });

  test('by a session that had ended is forgotten by clean', async () => {
    const { ada, named, clock, call } = await givenTwo();
    await ada.event('SessionEnd', { reason: 'other' });
    await ada.prompt('See @a.txt');
    expect(await named()).toHaveLength(1);
    clock.advance(31 * 86_400_000);
    await call('clean', {}, { as: 'mia' });
    expect(await named()).toEqual([]);
  });
});
