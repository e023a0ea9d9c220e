import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { entryPoint } from '../../src/process/index.js';
import { replayHistory } from './benchmark.js';
import type { Row } from './compare.js';
import { givenHistory, type GivenHistory } from './given-history.js';
import { git } from '../support/git.js';
import { openSource } from './source.js';

const NUMBERED = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('');

async function replayed(history: GivenHistory, { merges = 10, stopAfter = Infinity } = {}) {
  const stop = new AbortController();
  let scratchFolder = '';
  const found = await replayHistory(await openSource(history.root, 'given'), {
    merges,
    keep: false,
    programs: { callsheet: entryPoint('callsheet'), agent: resolve(import.meta.dirname, 'agent.sh') },
    signal: stop.signal,
    onRow: (_row: Row, done: number) => {
      if (done >= stopAfter) stop.abort();
    },
    onScratch: (scratch) => (scratchFolder = scratch.folder),
  });
  return { ...found, scratchFolder };
}

test('a clean merge of every kind of change lands with the tree that git makes and people committed', async () => {
  const history = await givenHistory();
  const base = await history.commit('main', {
    'moved.txt': NUMBERED,
    'dos.txt': 'one\r\ntwo\r\n',
    'picture.bin': Buffer.from([0, 1, 2, 255]),
    'gone.txt': 'x\n',
    'tool.sh': 'echo tool\n',
    '.gitattributes': 'log.txt merge=union\n',
    'log.txt': 'first\n',
  });
  await history.commit(
    'side',
    {
      'moved.txt': null,
      'new place/móved.txt': NUMBERED,
      'picture.bin': Buffer.from([0, 9, 13, 10]),
      'log.txt': 'first\nside\n',
    },
    base,
  );
  await history.commit('main', {
    'moved.txt': NUMBERED.replace('line 20', 'line twenty'),
    'dos.txt': 'one\r\ntwo\r\nthree\r\n',
    'gone.txt': null,
    'tool.sh': { script: 'echo tool\n' },
    'a link': { link: 'tool.sh' },
    'log.txt': 'first\nmain\n',
  });
  await history.merge('main', 'side');

  const { rows, figures } = await replayed(history);

  expect(rows).toMatchObject([{ outcome: 'landed', git: 'clean', asCommitted: true, faults: [] }]);
  expect(figures).toMatchObject({ merges: 1, landed: 1, asCommitted: 1, faults: 0 });
});

test('a merge in which git finds a conflict is recorded as one, in the same files, and both sides are kept', async () => {
  const history = await givenHistory();
  const base = await history.commit('main', { 'a.txt': 'base\n', 'b.txt': 'base\n' });
  await history.commit('side', { 'a.txt': 'side\n', 'b.txt': 'side\n', 'more.txt': 'more\n' }, base);
  await history.commit('main', { 'a.txt': 'main\n', 'b.txt': null });
  await history.merge('main', 'side', { 'a.txt': 'both\n', 'b.txt': 'side\n' });

  const { rows, figures } = await replayed(history);

  expect(rows).toMatchObject([{ outcome: 'conflicted', git: 'conflict', faults: [] }]);
  expect(figures).toMatchObject({ landed: 0, conflicted: 1, gitConflict: 1, faults: 0 });
});

test('merges that leave nothing to replay are counted by their reason and are not among those asked for', async () => {
  const history = await givenHistory();
  const base = await history.commit('main', { 'a.txt': 'base\n' });
  await history.commit('side', { 'side.txt': 'side\n' }, base);
  await history.commit('main', { 'main.txt': 'main\n' });
  const crossing = await history.git('rev-parse', 'side');
  await history.merge('side', 'main');
  await history.git('switch', '--quiet', 'main');
  await history.merge('main', crossing);
  await history.merge('main', 'side'); // criss-cross: both sides have merged the other's earlier commit
  await history.commit('ahead', { 'ahead.txt': 'ahead\n' }, 'main');
  await history.merge('main', 'ahead'); // fast-forward
  await history.commit('empty', {}, 'main');
  await history.commit('main', { 'main.txt': 'more\n' });
  await history.merge('main', 'empty'); // one side changed nothing

  const { rows, figures } = await replayed(history);

  expect(figures.leftOut).toEqual({
    'criss-cross: more than one merge base': 1,
    'fast-forward: one parent is the merge base': 1,
    'one side changed nothing': 1,
  });
  expect(rows.map((row) => row.outcome)).toEqual(['landed', 'landed']);
});

test('the repository is only read, and nothing is left in the folder for temporary files', async () => {
  const history = await givenHistory();
  const base = await history.commit('main', { 'a.txt': 'base\n' });
  await history.commit('side', { 'side.txt': 'side\n' }, base);
  await history.commit('main', { 'main.txt': 'main\n' });
  await history.merge('main', 'side');
  const state = async () => [
    await history.git('for-each-ref'),
    await history.git('count-objects', '-v'),
    await history.git('worktree', 'list'),
    await history.git('status', '--porcelain', '--ignored'),
  ];
  const before = await state();

  const { rows, scratchFolder } = await replayed(history);

  expect(rows).toHaveLength(1);
  expect(await state()).toEqual(before);
  expect(existsSync(scratchFolder)).toBe(false);
});

test('an interruption ends with the merges that are done, and removes the scratch repository', async () => {
  const history = await givenHistory();
  for (const name of ['one', 'two', 'three']) {
    const base = await history.commit('main', { [`${name}.base`]: 'base\n' });
    await history.commit(name, { [`${name}.side`]: 'side\n' }, base);
    await history.commit('main', { [`${name}.main`]: 'main\n' });
    await history.merge('main', name);
  }

  const { rows, scratchFolder } = await replayed(history, { stopAfter: 2 });

  expect(rows).toHaveLength(2);
  expect(existsSync(scratchFolder)).toBe(false);
});

test('a clone without its whole history is refused in words', async () => {
  const history = await givenHistory();
  await history.commit('main', { 'a.txt': '1\n' });
  await history.commit('main', { 'a.txt': '2\n' });
  const shallow = `${history.root} shallow`;
  await git(history.root, 'clone', '--quiet', '--depth=1', `file://${history.root}`, shallow);

  await expect(openSource(shallow, undefined)).rejects.toThrow('is a shallow clone; fetch the rest first');
  await expect(openSource(`${history.root}/nowhere`, undefined)).rejects.toThrow('There is no folder');
});
