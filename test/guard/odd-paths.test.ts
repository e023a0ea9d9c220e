import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { targetOf } from '../../src/guard/target.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

// Paths at which nothing can be, each by another word of the file system.
const NOWHERE: [string, string][] = [
  ['below a file', 'a.txt/b'],
  ['far below a file', 'a.txt/b/c/d'],
  ['with a name that is too long', 'x'.repeat(300)],
  ['below a name that is too long', `${'x'.repeat(300)}/y/z`],
  ['longer than a path can be', 'y/'.repeat(5_000)],
  ['outside, and longer than a path can be', `/${'y/'.repeat(5_000)}z`],
  ['of a hundred thousand folders', `/${'y/'.repeat(100_000)}z`],
  ['below a circle of links', 'circle/x'],
  ['with a null character', 'a\0b'],
];

async function givenTwo(files: Record<string, string> = {}) {
  const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': 'b\n', ...files });
  symlinkSync('circle', given.path('circle'));
  const [ada, bo] = [await given.session(), await given.session()];
  return { ...given, ada, bo };
}

describe.each(NOWHERE)('a path %s', (_, path) => {
  test('is no file of a checkout that anything could be in, and no error', async () => {
    const { root, sheet } = await givenTwo();
    expect(() => targetOf(sheet.commonDir, root, path)).not.toThrow();
  });

  test.each(['cat', 'grep x', 'cat b.txt; ls'])(
    'given to %s hides nothing of what the line does',
    async (name) => {
      const { ada, bo, put } = await givenTwo();
      await ada.read('a.txt');
      await bo.edit('a.txt', 'two', 'TWO');
      const command = `echo mine > a.txt; ${name} '${path}'`;
      const { told } = await ada.use('Bash', { command }, () => put('a.txt', 'mine\n'));
      expect(told).toContain('your command wrote a.txt over a change');
      expect((await bo.prompt('go on')).told).toContain(
        'a command of ada wrote a.txt over a change of yours',
      );
    },
  );

  test('that a command writes is locked by nobody under the policy lock, and no error', async () => {
    const { ada } = await givenTwo({ 'callsheet.config.yaml': 'guard: lock\n' });
    const { refused } = await ada.ask('Bash', { command: `echo x | tee '${path}'` });
    expect(refused).toBeUndefined();
  });

  test.each(['Read', 'Write', 'Edit'])('given to %s is left to the client', async (tool) => {
    const { ada } = await givenTwo();
    const input = { file_path: path, content: 'x', old_string: 'a', new_string: 'b' };
    const { call, refused } = await ada.ask(tool, input);
    expect(refused).toBeUndefined();
    expect(await ada.afterBatch(call)).toEqual({});
  });

  test('in a prompt is left to the client', async () => {
    const { ada } = await givenTwo();
    expect(await ada.prompt(`look at @${path.slice(0, 400)} please`)).toEqual({});
  });
});

test('a folder that a file has taken the place of, and whose files were seen, is found gone', async () => {
  const { session, path, put } = await givenSessions({ 'src/a.txt': TEN_LINES });
  const [ada, bo] = [await session(), await session()];
  await ada.read('src/a.txt');
  rmSync(path('src'), { recursive: true });
  put('src', 'a file now\n');
  await bo.bash('true');
  expect((await ada.stop()).refused).toContain('src/a.txt');
});

test.each(['Write', 'Edit', 'Read'])(
  'given to %s, a file outside, in a repository that is broken, is left to the client',
  async (tool) => {
    const { ada } = await givenTwo();
    const outside = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-outside-')));
    onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
    writeFileSync(join(outside, '.git'), 'gitdir: /nowhere/.git/worktrees/x\n');
    const input = { file_path: join(outside, 'x.txt'), content: 'x', old_string: 'a', new_string: 'b' };
    expect((await ada.ask(tool, input)).refused).toBeUndefined();
  },
);

test('a folder of the checkout is guarded also where a stray file of git says that it is another repository', async () => {
  const { ada, bo, path, put } = await givenTwo({ 'lib/a.txt': TEN_LINES });
  put('lib/.git', 'gitdir: /nowhere/.git/modules/lib\n');
  await bo.edit('lib/a.txt', 'two', 'TWO');
  expect((await ada.write('lib/a.txt', 'x\n')).refused).toContain('which you have not seen');
  expect(readFileSync(path('lib/a.txt'), 'utf8')).toContain('TWO');
});

test('in a worktree of the repository that git has forgotten nothing is written', async () => {
  const { ada, root } = await givenTwo();
  const worktree = `${root}-worktree`;
  onTestFinished(() => rmSync(worktree, { recursive: true, force: true }));
  git(root, 'worktree', 'add', '-q', '--detach', worktree);
  rmSync(join(root, '.git/worktrees'), { recursive: true });
  const asked = ada.ask('Write', { file_path: join(worktree, 'a.txt'), content: 'x' });
  await expect(asked).rejects.toMatchObject({ code: 'BROKEN_REPOSITORY' });
});

test('a refusal names no more of a path than fits', async () => {
  const { ada, root } = await givenTwo();
  const name = 'y'.repeat(200);
  const path = join('.git', ...Array.from({ length: 15 }, () => name));
  mkdirSync(join(root, '.git', name), { recursive: true });
  const { refused = '' } = await ada.ask('Write', { file_path: path, content: 'x' });
  expect(refused).toContain('belongs to git itself');
  expect(refused.length).toBeLessThan(500);
});
