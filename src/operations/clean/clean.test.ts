import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { givenSheet, git } from '../../../test/support/given-sheet.js';
import { openRepository } from '../../git/index.js';
import { identityOf, type ProcessIdentity } from '../../process/index.js';
import { createRun, endEngine, takeOverRun, type RunOptions } from '../../run/index.js';
import { openAttemptWorkspace, type Site } from '../../workspace/index.js';
import { createTasks } from '../../task/index.js';

const OPTIONS: Omit<RunOptions, 'workspaces'> = {
  ...{ agent: 'command:true', workers: 1, setupInputs: [], copy: [], keep: [], env: {}, resources: {} },
  ...{ allowRedBase: false, startTimeoutMs: 1, silenceTimeoutMs: 1, taskTimeoutMs: 1, gateTimeoutMs: 1 },
};

/** A run with one attempt's workspace in which a file was written. */
async function givenRun(engine: ProcessIdentity) {
  const given = await givenSheet();
  const { root, sheet } = given;
  const { store } = sheet;
  const workspaces = `${root}.callsheet`;
  onTestFinished(() => rmSync(workspaces, { recursive: true, force: true }));
  const repository = await openRepository(root);
  const base = git(root, 'rev-parse', 'HEAD');
  const run = await store.transaction(async (tx) => {
    await createRun(tx, {
      id: 'run-1',
      baseCommit: base,
      baseBranch: 'main',
      baseGate: 'none',
      options: { ...OPTIONS, workspaces },
    });
    await createTasks(tx, [{ id: 'limiter', runId: 'run-1', title: 'Limiter', spec: 'Limit' }]);
    return takeOverRun(tx, 'run-1', engine, () => false);
  });
  const site: Site = { store, repository, run, sheetFolder: sheet.folder, env: {} };
  const workspace = await openAttemptWorkspace(site, { taskId: 'limiter', attempt: 1 }, base);
  writeFileSync(join(workspace.path, 'work.txt'), 'work\n');
  const end = (state: 'failed' | 'stopped') => store.transaction((tx) => endEngine(tx, run, state));
  return { ...given, path: workspace.path, end };
}

const GONE: ProcessIdentity = { pid: 2 ** 22 - 1, startedAt: 'long ago' };

test('what an ended run has left is removed after a snapshot of it', async () => {
  const { call, root, path, end } = await givenRun(GONE);
  await end('failed');
  expect(await call('clean', { dryRun: true })).toMatchObject({
    removed: [{ path, task: 'limiter' }],
    dryRun: true,
  });
  expect(existsSync(path)).toBe(true);

  expect(await call('clean')).toEqual({
    removed: [{ path, run: 'run-1', task: 'limiter' }],
    kept: [],
    contents: { files: 0, bytes: 0 },
    records: { writes: 0, seen: 0, notices: 0 },
    snapshots: 0,
    dryRun: false,
  });

  expect(existsSync(dirname(path))).toBe(false); // the run's folder as well
  expect(git(root, 'branch', '--list', 'callsheet/*/limiter.1')).toBe('');
  const { snapshots } = await call<{ snapshots: { commit: string }[] }>('undo', { task: 'limiter' });
  expect(git(root, 'show', `${snapshots[0]?.commit ?? ''}:work.txt`)).toBe('work');
});

test('nothing of a run that has an engine is removed, whatever is asked', async () => {
  const own = identityOf(process.pid);
  if (own === undefined) throw new Error('The test has a process');
  const { call, path } = await givenRun(own);
  const reason = `run-1 is being worked on by process ${own.pid}`;
  expect(await call('clean', { run: 'run-1' })).toMatchObject({ removed: [], kept: [{ path, reason }] });
  expect(existsSync(path)).toBe(true);
});

test('a run that could be resumed is cleaned only when it is named', async () => {
  const { call, path, end } = await givenRun(GONE);
  await end('stopped');
  const { kept } = await call<{ kept: { reason: string }[] }>('clean');
  expect(kept[0]?.reason).toContain('callsheet resume run-1');
  expect(await call('clean', { run: 'run-1' })).toMatchObject({ removed: [{ path }] });
});

test('a workspace with what no snapshot can hold stays, and the reason names it', async () => {
  const { call, path, end } = await givenRun(GONE);
  mkdirSync(join(path, 'nested'));
  git(join(path, 'nested'), 'init', '--quiet');
  git(join(path, 'nested'), 'commit', '--quiet', '--allow-empty', '-m', 'inside');
  await end('failed');
  const { kept } = await call<{ kept: { reason: string }[] }>('clean');
  expect(kept[0]?.reason).toContain('nested');
  expect(existsSync(path)).toBe(true);
});
