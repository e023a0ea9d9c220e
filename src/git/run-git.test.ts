import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { givenFolder, givenRepository } from './given-repository.js';
import { runGit } from './run-git.js';

test('variables of another git, inherited from a hook or a wrapper, do not reach git', async () => {
  const { root, base } = await givenRepository();
  vi.stubEnv('GIT_DIR', '/nowhere');
  vi.stubEnv('GIT_INDEX_FILE', '/nowhere/index');
  vi.stubEnv('GIT_CONFIG_COUNT', '1');
  const { stdout } = await runGit(root, ['rev-parse', 'HEAD']);
  vi.unstubAllEnvs();
  expect(stdout.trim()).toBe(base);
});

test('hooks of the repository are not run', async () => {
  const { folder, root, repo, base } = await givenRepository();
  const hook = '#!/bin/sh\ntouch "$HOME/hook-ran"\nexit 1\n';
  for (const name of [
    'pre-commit',
    'commit-msg',
    'post-checkout',
    'reference-transaction',
    'post-index-change',
  ]) {
    writeFileSync(join(root, '.git/hooks', name), hook, { mode: 0o755 });
  }
  writeFileSync(join(root, 'a.txt'), 'two\n');
  expect(await repo.commitAll(root, 'change')).not.toBe(base);
  expect(existsSync(join(folder, 'hook-ran'))).toBe(false);
});

test('a failure names the command, the exit code and what git said', async () => {
  const { root } = await givenRepository();
  await expect(runGit(root, ['cat-file', 'blob', 'HEAD:nothing'])).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringMatching(
      /`git cat-file blob HEAD:nothing` ended with exit code 128 .*does not exist in 'HEAD'/s,
    ),
  });
});

test('an exit code that is an answer is returned', async () => {
  const { root } = await givenRepository();
  const result = await runGit(root, ['config', '--get', 'no.such'], { okExitCodes: [0, 1] });
  expect(result).toMatchObject({ exitCode: 1, stdout: '' });
});

test('a machine without git is told how to get it', async () => {
  const folder = givenFolder();
  vi.stubEnv('PATH', folder);
  await expect(runGit(folder, ['version'])).rejects.toMatchObject({
    code: 'GIT_MISSING',
    hint: expect.stringContaining('Install git'),
  });
  vi.unstubAllEnvs();
});

test('a folder that is gone is not taken for a missing git', async () => {
  const folder = givenFolder();
  await expect(runGit(join(folder, 'gone'), ['version'])).rejects.toMatchObject({ code: 'FOLDER_MISSING' });
});

test('output past the limit is an error, or cut when that was asked for', async () => {
  const { root } = await givenRepository({ 'big.txt': 'x'.repeat(1_000_000) });
  const show = ['cat-file', 'blob', 'HEAD:big.txt'];
  await expect(runGit(root, show, { maxBytes: 1000 })).rejects.toMatchObject({
    code: 'GIT_OUTPUT_TOO_LARGE',
  });
  const { stdout } = await runGit(root, show, { maxBytes: 1000, overflow: 'cut' });
  expect(stdout).toBe('x'.repeat(1000));
});

test('git that takes longer than it was given is stopped, and what it had printed is the answer', async () => {
  const folder = givenFolder();
  writeFileSync(join(folder, 'git'), '#!/bin/sh\nprintf found\nexec sleep 60\n', { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const begun = performance.now();
  expect(await runGit(folder, ['log'], { env, cutAfterMs: 500 })).toMatchObject({
    stdout: 'found',
    exitCode: 0,
  });
  expect(performance.now() - begun).toBeLessThan(30_000);
});

test('git that ends before it has read its input fails with its own words', async () => {
  const { root } = await givenRepository();
  const input = 'x\0'.repeat(2_000_000);
  await expect(
    runGit(root, ['update-index', '--no-such-option', '--stdin'], { input }),
  ).rejects.toMatchObject({ code: 'GIT_FAILED' });
});
