import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { givenRepository } from '../../test/support/given-repository.js';
import { givenStore } from '../../test/support/store.js';
import { eventSchema } from '../event/index.js';
import { findSnapshots, snapshotSchema } from '../snapshot/index.js';
import { saveWorkspace } from './save.js';

async function givenSnapshot() {
  const sheet = await givenStore([eventSchema, snapshotSchema]);
  const given = await givenRepository({ 'a.txt': 'one\n' });
  for (const each of [sheet, given]) onTestFinished(() => each[Symbol.asyncDispose]());
  const { store } = sheet;
  const save = (reason: string) =>
    saveWorkspace(
      { store, repository: given.repository },
      { path: given.root, taskId: 't', attempt: 1, reason },
    );
  given.write({ 'b.txt': 'new\n' });
  const first = await save('its attempt failed');
  if (first === undefined) throw new Error('nothing was saved');
  return { ...given, store, save, first };
}

test('a workspace that is as it was has one snapshot', async () => {
  const { store, save, first } = await givenSnapshot();
  expect(await save('removed')).toEqual(first);
  expect(await findSnapshots(store, { taskId: 't' })).toEqual([first]);
});

test('a snapshot whose commit was collected as garbage keeps the workspace as it is now', async () => {
  const given = await givenSnapshot();
  const { store, save, first, root } = given;
  rmSync(join(root, '.git/objects', first.commit.slice(0, 2), first.commit.slice(2)));
  const again = await save('removed');
  expect(again).toMatchObject({ id: first.id, ref: first.ref });
  expect(given.git('show', `${first.ref}:b.txt`)).toBe('new');
  expect(given.git('rev-parse', first.ref)).toBe(again?.commit);
  expect(given.git('fsck', '--no-dangling', '--no-progress')).toBe('');
  expect(await findSnapshots(store, { taskId: 't' })).toEqual([again]);
});
