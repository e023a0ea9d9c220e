import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { build } from 'esbuild';
import { expect, test } from 'vitest';

import { givenRepository } from './given-repository.js';

const run = promisify(execFile);

const WORKTREES = `
  import { openRepository } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
  const [root, name, base] = process.argv.slice(2);
  const repo = await openRepository(root);
  for (let at = 0; at < 6; at += 1) {
    await repo.addWorktree({ path: root + '-' + name + at, branch: name + '/' + at, commit: base });
    await repo.removeWorktree(root + '-' + name + at);
  }
  await repo.addWorktree({ path: root + '-' + name, commit: base });
`;

test('several processes make and remove worktrees of one repository at once, and none fails', async () => {
  const { folder, root, repo, base } = await givenRepository();
  const source = join(folder, 'source.mjs');
  writeFileSync(source, WORKTREES);
  const program = join(folder, 'program.mjs');
  await build({
    entryPoints: [source],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => run(process.execPath, [program, root, name, base])));
  expect((await repo.worktrees()).map(({ path }) => path.slice(root.length)).sort()).toEqual([
    '',
    '-a',
    '-b',
    '-c',
    '-d',
  ]);
  expect(await repo.refs('refs/heads')).toHaveProperty('size', 1 + 4 * 6);
});
