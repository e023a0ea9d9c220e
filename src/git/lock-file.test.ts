import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { identityOf } from '../process/index.js';
import { givenFolder, givenRepository } from './given-repository.js';
import { acquireLockFile } from './lock-file.js';
import { changeSharedState } from './shared-state.js';

async function identityOfDead(): Promise<string> {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = identityOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return JSON.stringify({ ...identity, holding: '00000000-0000-0000-0000-000000000000' });
}

test('one holder at a time, and the next has it when it is released', async () => {
  const file = join(givenFolder(), 'git.lock');
  const first = await acquireLockFile(file, 1_000);
  await expect(acquireLockFile(file, 20)).rejects.toMatchObject({
    code: 'GIT_BUSY',
    data: { pid: process.pid },
  });
  const second = acquireLockFile(file, 5_000);
  first.release();
  (await second).release();
});

test('the lock of a dead process is taken over, by one of many', async () => {
  const folder = givenFolder();
  const file = join(folder, 'git.lock');
  const dead = await identityOfDead();
  let holders = 0;
  let most = 0;
  for (let round = 0; round < 5; round += 1) {
    writeFileSync(file, dead);
    writeFileSync(`${file}.dead`, dead);
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const lock = await acquireLockFile(file, 5_000);
        most = Math.max(most, (holders += 1));
        await new Promise((resolve) => setImmediate(resolve));
        holders -= 1;
        lock.release();
      }),
    );
  }
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('what processes that were killed in the middle of taking it have left is swept away, and nothing else', async () => {
  const folder = givenFolder();
  const file = join(folder, 'git.lock');
  const dead = await identityOfDead();
  const { pid } = JSON.parse(dead) as { pid: number };
  const draft = (of: number, digit: string): string =>
    `git.lock.${of}.${digit.repeat(8)}-0000-0000-0000-000000000000`;
  const mine = JSON.stringify({
    ...identityOf(process.pid),
    holding: '00000000-0000-0000-0000-000000000000',
  });
  for (const [name, content] of [
    [draft(pid, '1'), dead],
    [draft(pid, '2'), ''],
    [draft(pid, '3').replace('lock.', 'lock.dead.'), dead],
    [draft(process.pid, '4'), dead],
    [draft(process.pid, '5'), mine],
    [draft(process.pid, '6'), ''],
    ['git.lock.of-mine', dead],
    ['other.lock', dead],
  ] as const)
    writeFileSync(join(folder, name), content);
  (await acquireLockFile(file, 100)).release();
  expect(readdirSync(folder).sort()).toEqual(
    [draft(process.pid, '5'), draft(process.pid, '6'), 'git.lock.of-mine', 'other.lock'].sort(),
  );
});

test('a lock of another process that got the same pid does not count', async () => {
  const file = join(givenFolder(), 'git.lock');
  writeFileSync(
    file,
    JSON.stringify({
      pid: process.pid,
      startedAt: 'before',
      holding: '00000000-0000-0000-0000-000000000000',
    }),
  );
  (await acquireLockFile(file, 100)).release();
});

test('a lock file with other content is not removed, and the way out is named', async () => {
  const file = join(givenFolder(), 'git.lock');
  writeFileSync(file, 'mine');
  await expect(acquireLockFile(file, 100)).rejects.toMatchObject({
    code: 'LOCK_FILE_UNREADABLE',
    hint: expect.stringContaining('rm'),
  });
});

test('changes of shared state run one after another, in order, also after one that failed', async () => {
  const { repo } = await givenRepository();
  const order: number[] = [];
  const work = [1, 2, 3, 4].map((at) =>
    changeSharedState(repo.commonDir, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push(at);
      if (at === 2) throw new Error('second');
    }),
  );
  const ended = await Promise.allSettled(work);
  expect(order).toEqual([1, 2, 3, 4]);
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});
