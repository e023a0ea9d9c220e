import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { build } from 'esbuild';
import { expect, test, vi } from 'vitest';

import { findMarked } from '../process/index.js';
import { openConversation } from './conversation.js';
import { commitFiles, git, givenFolder, givenRepository } from './given-repository.js';

const ECHO = ['cat-file', '--batch-check'];

test('questions asked at once are answered one after the other by one process', async () => {
  const { root, base } = await givenRepository();
  const talk = openConversation(root, ECHO);
  const asked = [base, `${base}^{tree}`, 'nothing'].map((name, at) =>
    talk.ask(`${name}\nend${at}\n`, `end${at} missing\n`),
  );
  const tree = git(root, 'rev-parse', `${base}^{tree}`);
  const [commit, found, missing] = await Promise.all(asked);
  expect(commit).toMatch(new RegExp(`^${base} commit \\d+\n$`));
  expect(found).toMatch(new RegExp(`^${tree} tree \\d+\n$`));
  expect(missing).toBe('nothing missing\n');
});

test('a git that ends in the middle is an error with what it said, and the next question has another one', async () => {
  const { repo, root, base } = await givenRepository();
  const talk = openConversation(root, ['update-ref', '--stdin', '-z']);
  await expect(talk.ask('nonsense\0', 'ok\n')).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringContaining('unknown command: nonsense') as string,
  });
  await talk.ask(`start\0create refs/heads/made\0${base}\0commit\0`, 'commit: ok\n');
  expect(await repo.resolve('refs/heads/made')).toBe(base);
});

test('without a folder, or without git, it says so', async () => {
  const gone = openConversation(join(givenFolder(), 'gone'), ECHO);
  await expect(gone.ask('\n', '\n')).rejects.toMatchObject({ code: 'FOLDER_MISSING' });
});

test('what was packed, pruned and repacked meanwhile is found where it is now', async () => {
  const { root, repo, base } = await givenRepository();
  const paths = async (from: string, to: string) =>
    (await repo.changedPaths(from, to)).map(({ path }) => path);
  const two = commitFiles(root, { 'b.txt': 'two\n' }, 'two');
  expect(await paths(base, two)).toEqual(['b.txt']);
  expect(await repo.updateRef('refs/heads/here', base, undefined)).toBe(true);
  git(root, 'gc', '--quiet', '--prune=now');
  expect(await repo.updateRef('refs/heads/here', two, base)).toBe(true);
  git(root, 'pack-refs', '--all', '--prune');
  const three = commitFiles(root, { 'c.txt': 'three\n' }, 'three');
  git(root, 'repack', '-a', '-d', '--quiet');
  expect(await paths(base, three)).toEqual(['b.txt', 'c.txt']);
  expect(await repo.updateRef('refs/heads/here', three, base)).toBe(false);
  expect(await repo.deleteRef('refs/heads/here', two)).toBe(true);
  expect(git(root, 'for-each-ref', 'refs/heads/here')).toBe('');
});

test('refs that others make, delete and nest meanwhile are seen', async () => {
  const { root, repo, base } = await givenRepository();
  expect(await repo.updateRef('refs/heads/a/b', base, undefined)).toBe(true);
  git(root, 'update-ref', '-d', 'refs/heads/a/b');
  git(root, 'update-ref', 'refs/heads/a', base);
  await expect(repo.updateRef('refs/heads/a/b', base, undefined)).rejects.toMatchObject({
    code: 'GIT_FAILED',
  });
  git(root, 'update-ref', '-d', 'refs/heads/a');
  expect(await repo.updateRef('refs/heads/a/b', base, undefined)).toBe(true);
  expect(await repo.deleteRef('refs/heads/a/b', base)).toBe(true);
  expect(await repo.updateRef('refs/heads/a', base, undefined)).toBe(true);
});

test('what is missing or no commit is compared, or refused, as ever', async () => {
  const { root, repo, base } = await givenRepository();
  const two = commitFiles(root, { 'b.txt': 'two\n' }, 'two');
  const added = [{ path: 'b.txt', change: 'added' }];
  const [one, other] = [await repo.treeOf(base), await repo.treeOf(two)];
  expect(await repo.changedPaths(one, other)).toEqual(added);
  expect(await repo.changedPaths(base, other)).toEqual(added);
  expect(await repo.changedPaths(one, two)).toEqual(added);
  expect(await repo.changedPaths(base, two)).toEqual(added);
  expect(await repo.changedPaths(two, two)).toEqual([]);
  for (const pair of [
    ['f'.repeat(40), two],
    [two, 'f'.repeat(40)],
  ] as const)
    await expect(repo.changedPaths(...pair)).rejects.toMatchObject({ code: 'GIT_FAILED' });
});

test('it ends with the process that began it, also when that is killed', async () => {
  const { folder, root, base } = await givenRepository();
  const source = join(folder, 'source.mjs');
  writeFileSync(
    source,
    `import { openRepository } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
     const repo = await openRepository(${JSON.stringify(root)});
     await repo.changedPaths('${base}', '${base}');
     console.log('asked');
     setInterval(() => undefined, 1_000);`,
  );
  const program = join(folder, 'program.mjs');
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  await build({ entryPoints: [source], outfile: program, ...options });
  const marker = `TALK_OF=${folder}`;
  const env = { ...process.env, TALK_OF: folder };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) if (line === 'asked') break;
  expect(findMarked(marker)).toHaveLength(2);
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(findMarked(marker)).toEqual([]), { timeout: 10_000, interval: 5 });
});
