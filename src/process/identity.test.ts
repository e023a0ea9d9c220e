import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { assert } from '../error/index.js';
import { ancestorsOf, findMarked, identityOf, isAlive, startProcess } from './index.js';
import { entryOf } from './table.js';

test('a running process has an identity that stays the same', () => {
  const identity = identityOf(process.pid);

  expect(identity).toEqual(identityOf(process.pid));
  expect(identity !== undefined && isAlive(identity)).toBe(true);
});

test('a pid that another process has got by now is not alive', () => {
  expect(isAlive({ pid: process.pid, startedAt: 'earlier' })).toBe(false);
});

test('a process that has ended has no identity and is not alive', async () => {
  const child = await startProcess({ file: 'true', args: [], cwd: '/', env: {}, onOutput: () => undefined });
  await child.ended;

  expect(identityOf(child.identity.pid)).toBeUndefined();
  expect(isAlive(child.identity)).toBe(false);
});

test('a zombie is not alive', async () => {
  // The shell starts a child and becomes a program that never collects it.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const identity = identityOf(Number(line.toString()));
  assert(identity !== undefined, 'the child runs');
  parent.stdin.write('The shell has become cat\n');
  await once(parent.stdout, 'data');

  process.kill(identity.pid, 'SIGKILL');
  await expect.poll(() => entryOf(identity.pid)?.isZombie, { interval: 5, timeout: 10_000 }).toBe(true);

  expect(identityOf(identity.pid)).toBeUndefined();
  expect(isAlive(identity)).toBe(false);
  parent.stdin.end();
  await once(parent, 'exit');
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('%s is the pid of nobody', (pid) => {
  expect(identityOf(pid)).toBeUndefined();
  expect(ancestorsOf(pid)).toEqual([]);
});

test('ancestors are named from the parent upwards', () => {
  const ancestors = ancestorsOf(process.pid);

  expect(ancestors[0]).toBe(process.ppid);
  expect(ancestors.slice(1)).toEqual(ancestorsOf(process.ppid));
});

test.runIf(process.platform === 'linux')(
  'a process whose name imitates a table row is read right',
  async () => {
    const script = 'printf ") Z 1 1 1" > /proc/$$/comm; echo; read line';
    const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');

    expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe(') Z 1 1 1\n');
    expect(entryOf(child.pid ?? 0)).toMatchObject({ parentPid: process.pid, isZombie: false });
    child.stdin.end();
    await once(child, 'exit');
  },
);

test('a marker finds exactly the processes that were started with it', async () => {
  const start = (mark: string) =>
    startProcess({
      file: 'cat',
      args: [],
      cwd: '/',
      stdin: 'open',
      env: { CALLSHEET_TOKEN: mark },
      onOutput: () => undefined,
    });
  const one = await start(`ünique-${process.pid}`);
  const other = await start(`ünique-${process.pid}0`);

  expect(findMarked(`CALLSHEET_TOKEN=ünique-${process.pid}`)).toEqual([one.identity]);
  one.closeInput();
  other.closeInput();
  await Promise.all([one.ended, other.ended]);
});
