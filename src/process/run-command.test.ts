import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandOptions, ProcessIdentity } from './index.js';
import { identityOf, isAlive, readLog, runCommand } from './index.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callsheet-command-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, options: Partial<CommandOptions> = {}) =>
  runCommand({
    command,
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    timeoutMs: 20_000,
    logFile: join(folder, 'command.log'),
    logLimitBytes: 100_000,
    ...options,
  });

const identityIn = (name: string): ProcessIdentity | undefined =>
  identityOf(Number(readFileSync(join(folder, name), 'utf8')));

test('a command tells how it ended and what it said', async () => {
  const result = await run('echo out; echo err >&2; exit 3');

  expect(result).toMatchObject({ exitCode: 3, signal: null, timedOut: false, aborted: false });
  expect(result.tail.split('\n').sort()).toEqual(['err', 'out']);
  expect(readLog(join(folder, 'command.log'))).toContain('out\n');
});

test('a command has the environment it was given and no other', async () => {
  const { tail } = await run('env', { env: { PATH: '/usr/bin:/bin', ONLY: 'this' } });

  const names = tail.split('\n').map((line) => line.split('=')[0]);
  // PWD, SHLVL and _ are set by the shell itself.
  expect(names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name ?? '')).sort()).toEqual([
    'CALLSHEET_COMMAND',
    'ONLY',
    'PATH',
  ]);
});

test('a command that takes too long is ended with everything it started', async () => {
  const result = await run(
    `trap '' TERM; (trap '' TERM; exec sleep 60) & echo $! > inner; echo before; sleep 60`,
    { timeoutMs: 500, graceMs: 20 },
  );

  expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true, tail: 'before' });
  expect(identityIn('inner')).toBeUndefined();
});

test('an aborted command is ended, an aborted start does not happen', async () => {
  const abort = new AbortController();
  const result = await run('sleep 60', { signal: abort.signal, onStart: () => abort.abort() });
  const second = await run('echo ran > ran', { signal: abort.signal });

  expect(result).toMatchObject({ signal: 'SIGTERM', aborted: true, timedOut: false });
  expect(second).toMatchObject({ aborted: true, exitCode: null });
  expect(() => readFileSync(join(folder, 'ran'))).toThrow('ENOENT');
});

test('a command that ends leaves nothing running, daemons included', async () => {
  const daemon = `node -e "require('node:child_process').spawn('sh',['-c','echo \\$\\$ > far; exec sleep 60'],{detached:true,stdio:'inherit'}).unref()"`;
  const result = await run(
    `(trap '' TERM; exec sleep 60) & echo $! > near; ${daemon}; until test -s far; do sleep 0.01; done; exit 0`,
    { graceMs: 20 },
  );

  expect(result.exitCode).toBe(0);
  expect([identityIn('near'), identityIn('far')]).toEqual([undefined, undefined]);
});

test('whoever starts a command learns who it is while it runs', async () => {
  let wasAlive = false;
  await run('sleep 0.01', { onStart: (identity) => (wasAlive = isAlive(identity)) });

  expect(wasAlive).toBe(true);
});

test('a missing folder is an error that names it', async () => {
  await expect(run('true', { cwd: join(folder, 'none') })).rejects.toMatchObject({
    code: 'PROCESS_START_FAILED',
    message: expect.stringContaining(join(folder, 'none')) as string,
  });
});

test('a time limit longer than a timer can count does not fire at once', async () => {
  expect(await run('sleep 0.01', { timeoutMs: 30 * 86_400_000 })).toMatchObject({
    exitCode: 0,
    timedOut: false,
  });
});
