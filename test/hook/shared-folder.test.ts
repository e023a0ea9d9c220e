import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEvents } from '../../src/event/index.js';
import { SharedFolder } from '../../src/server/shared-folder.js';
import { knownScratch, openScratch } from '../../src/workspace/index.js';
import { git } from '../support/given-sheet.js';
import { givenHook } from './given-hook.js';

async function givenShared() {
  const hook = await givenHook();
  const { sheet, root, sheetFolder } = hook;
  const open = (at = root) => openScratch({ sheetFolder, commonDir: sheet.commonDir, root: at });
  const said: string[] = [];
  const shared = new SharedFolder(sheet, (line) => said.push(line));
  await shared.finished();
  const folder = await open();
  /** What the log has after the next hook. */
  const told = async () => {
    shared.noted();
    await shared.finished();
    const events = await findEvents(sheet.store, { type: 'scratch.written' });
    return events.map(({ data }) => data['files']);
  };
  const put = (name: string, text = 'x') => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  return { ...hook, open, folder, shared, said, told, put };
}

test('it is made beside the checkout, and is one for all checkouts of the repository', async () => {
  const { root, sheetFolder, folder, open } = await givenShared();
  expect(folder).toBe(`${root}.callsheet/scratch/sheet`);
  git(root, 'worktree', 'add', '--quiet', '--detach', `${root}-other`);
  expect(await open(`${root}-other`)).toBe(folder);
  rmSync(folder, { recursive: true });
  expect(knownScratch(sheetFolder)).toBeUndefined();
  expect(await open(`${root}-other`)).toBe(folder);
});

test('where it cannot lie it is refused, and nothing is made', async () => {
  const { root, sheetFolder, sheet } = await givenHook();
  const place = { sheetFolder, commonDir: sheet.commonDir, root };
  await expect(
    openScratch({ ...place, wished: { workspaces: 'inside', agree: () => Promise.resolve() } }),
  ).rejects.toMatchObject({
    code: 'SCRATCH_PLACE',
    exit: 'refused',
    hint: expect.stringContaining('workspaces:') as string,
  });
  expect(git(root, 'status', '--porcelain')).toBe('');
  expect(knownScratch(sheetFolder)).toBeUndefined();
});

test('what is written there stands in the log, once for each time', async () => {
  const { told, put } = await givenShared();
  put('a.txt');
  put('deep/er/b.txt');
  expect(await told()).toEqual([['a.txt', 'deep/er/b.txt']]);
  expect(await told()).toHaveLength(1);
  put('a.txt', 'changed');
  expect((await told()).slice(1)).toEqual([['a.txt']]);
});

test('what was copied there with an old time is news; what was there before the server began is not', async () => {
  const { sheet, folder, put, told } = await givenShared();
  put('old.txt');
  await told();
  const later = new SharedFolder(sheet, () => undefined);
  await later.finished();
  later.noted();
  await later.finished();
  expect(await told()).toEqual([['old.txt']]);
  put('copied.txt');
  utimesSync(join(folder, 'copied.txt'), 1, 1);
  expect((await told()).slice(1)).toEqual([['copied.txt']]);
});

test('names are cleaned and bounded, links not followed, however much there is', async () => {
  const { sheet, folder, root, told, put, said } = await givenShared();
  put('a\u001b[2J\u202eb.txt');
  symlinkSync(root, join(folder, 'link'));
  symlinkSync('/etc/passwd', join(folder, 'file'));
  expect(await told()).toEqual([['ab.txt']]);
  for (let n = 0; n < 60; n += 1) put(`${'n'.repeat(100)}/${'m'.repeat(120)}${n}`);
  const [, many] = await told();
  expect(many).toHaveLength(20);
  for (const name of many as string[]) expect(name.length).toBeLessThanOrEqual(200);
  const [, event] = await findEvents(sheet.store, { type: 'scratch.written' });
  expect(event?.data['count']).toBe(60);
  rmSync(folder, { recursive: true });
  expect(await told()).toHaveLength(2);
  expect(said).toEqual([]);
});
