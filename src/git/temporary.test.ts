import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { givenRepository } from './given-repository.js';

test('temporary files of killed processes are removed, never those of living ones', async () => {
  const { root, repo } = await givenRepository();
  const folder = join(root, '.git/callsheet/tmp');
  const gone = spawnSync('true').pid;
  mkdirSync(join(folder, `undo-${gone}-x/inside`), { recursive: true });
  const names = [`index-${gone}-x`, `index-${gone}-x.lock`, `index-${process.pid}-x`, 'somebody.else'];
  for (const name of names) writeFileSync(join(folder, name), '');
  await repo.clearTemporary();
  expect(readdirSync(folder).sort()).toEqual([`index-${process.pid}-x`, 'somebody.else']);
});
