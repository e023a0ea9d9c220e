import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ensureIntegrationBranch, reconcile } from '../../src/landing/index.js';
import { integrationRef } from '../../src/run/index.js';
import { sql } from '../../src/store/index.js';
import {
  cancelTask,
  claimTask,
  findAttempts,
  finishTask,
  pauseTask,
  reopenTask,
} from '../../src/task/index.js';
import { givenSite, type GivenSite } from '../support/given-site.js';

class Killed extends Error {}

/** The engine is killed just before or just after the integration branch moves. */
async function landAndDie(site: GivenSite, when: 'before' | 'after'): Promise<void> {
  const updateRef = site.repository.updateRef.bind(site.repository);
  site.repository.updateRef = async (ref, to, expectedOld) => {
    if (ref !== integrationRef(site.run.id)) return updateRef(ref, to, expectedOld);
    site.repository.updateRef = updateRef;
    if (when === 'after') await updateRef(ref, to, expectedOld);
    throw new Killed();
  };
  await expect(site.land()).rejects.toBeInstanceOf(Killed);
}

function countOfLandingCommits(site: GivenSite): number {
  return Number(site.git('rev-list', '--count', '--first-parent', `${site.base}..${site.integrationHead()}`));
}

test('killed between intent and move, the work waits again and lands once', async () => {
  await using site = await givenSite({ tasks: ['a', 'b'] });
  await site.finish('a', { a: 'a' });
  await site.finish('b', { b: 'b' });
  await landAndDie(site, 'before');
  expect(await site.landing('a')).toMatchObject({ state: 'intended' });

  expect(await reconcile(site)).toEqual([]);
  expect(await site.landing('a')).toMatchObject({ state: 'queued', premises: [] });
  expect(await site.landing('a')).not.toHaveProperty('commit');

  expect(await site.land()).toMatchObject({ settled: 2 });
  expect(countOfLandingCommits(site)).toBe(2);
  expect(await site.task('b')).toMatchObject({ state: 'done', landedAs: site.integrationHead() });
});

test('killed between move and record, the work is recognised as landed, once', async () => {
  await using site = await givenSite({ tasks: ['a', 'b', { id: 'c', after: ['a', 'b'] }] });
  await site.finish('a', { a: 'a' });
  await site.finish('b', { b: 'b' });
  await landAndDie(site, 'after');
  expect(await site.task('a')).toMatchObject({ state: 'landing' });
  const head = site.integrationHead();

  expect(await reconcile(site)).toEqual(['a', 'b']);

  expect(await site.task('b')).toMatchObject({
    state: 'done',
    landedAs: head,
    result: { summary: 'Did b.' },
  });
  expect(await site.task('c')).toMatchObject({ state: 'ready' });
  expect(await site.landing('b')).toMatchObject({ state: 'landed', commit: head });
  expect(await reconcile(site, { full: true })).toEqual([]);
  expect(await site.land()).toEqual({ settled: 0, held: [] });
  expect(site.integrationHead()).toBe(head);
});

test('a landing that another engine has recorded in the meantime is recorded once', async () => {
  await using site = await givenSite({ tasks: ['a', { id: 'b', after: ['a'] }] });
  await site.finish('a', { a: 'a' });
  const updateRef = site.repository.updateRef.bind(site.repository);
  site.repository.updateRef = async (...move) => {
    const moved = await updateRef(...move);
    site.repository.updateRef = updateRef;
    await reconcile(site, { full: true });
    return moved;
  };

  await site.land();

  expect(await site.task('a')).toMatchObject({ state: 'done' });
  expect(await site.events('task.done')).toHaveLength(1);
  expect(await site.events('task.reopened')).toEqual([]);
});

test.each(['cancelled', 'cancelled and opened again'])(
  'a task that was %s after it had landed is done',
  async (how) => {
    await using site = await givenSite({ tasks: ['a'] });
    await site.finish('a', { a: 'a' });
    await landAndDie(site, 'after');
    await site.inSheet((tx) => cancelTask(tx, 'a', 'too late'));
    if (how !== 'cancelled') await site.inSheet((tx) => reopenTask(tx, 'a', 'again'));

    expect(await reconcile(site, { full: true })).toEqual(['a']);
    expect(await site.task('a')).toMatchObject({
      state: 'done',
      landedAs: site.integrationHead(),
      attempt: 1,
    });
  },
);

test('a next attempt that has begun before the landing was recognised goes on', async () => {
  await using site = await givenSite({ tasks: ['a'] });
  await site.finish('a', { a: 'a' });
  await landAndDie(site, 'after');
  await site.inSheet((tx) => cancelTask(tx, 'a', 'too late'));
  await site.inSheet((tx) => reopenTask(tx, 'a', 'again'));
  await site.inSheet((tx) => claimTask(tx, 'a', { id: site.agentId, name: 'x' }, 60_000));
  await reconcile(site, { full: true });
  expect(await site.task('a')).toMatchObject({ state: 'running', attempt: 2 });
  expect(await site.landing('a')).toMatchObject({ state: 'landed', attempt: 1 });
});

test('a task that is opened again after it landed stays open, and lands a second time', async () => {
  await using site = await givenSite({ tasks: ['a'] });
  await site.finish('a', { a: 'first' });
  await site.land();
  await site.inSheet((tx) => reopenTask(tx, 'a', 'not enough'));

  expect(await reconcile(site, { full: true })).toEqual([]);
  expect(await site.task('a')).toMatchObject({ state: 'ready' });

  await site.finish('a', { a: 'second' });
  await site.land();
  expect(await reconcile(site, { full: true })).toEqual([]);
  expect(await site.task('a')).toMatchObject({ state: 'done', attempt: 2, landedAs: site.integrationHead() });
});

/** Goes on with the sheet as it was before `later`, as after a power cut that took its last transactions. */
async function withOldSheet(
  site: GivenSite,
  later: (site: GivenSite) => Promise<unknown>,
): Promise<GivenSite> {
  const files = (sheet: string) => [sheet, `${sheet}-wal`];
  const now = await site.reopen((sheet) => {
    for (const file of files(sheet).filter(existsSync)) copyFileSync(file, `${file}.old`);
  });
  await later(now);
  return now.reopen((sheet) => {
    for (const file of files(sheet)) {
      rmSync(file, { force: true });
      if (existsSync(`${file}.old`)) renameSync(`${file}.old`, file);
    }
  });
}

test('a sheet that is older than a landing recognises it', async () => {
  const given = await givenSite({ tasks: ['a', 'b', { id: 'c', after: ['a'] }] });
  await given.finish('a', { a: 'a' });
  await using site = await withOldSheet(given, (later) => later.land());
  expect(await site.landing('a')).toMatchObject({ state: 'queued' });
  const head = site.integrationHead();

  expect(await reconcile(site, { full: true })).toEqual(['a']);

  expect(await site.task('a')).toMatchObject({ state: 'done', landedAs: head });
  expect(await site.task('c')).toMatchObject({ state: 'ready' });
  expect(await site.landing('a')).toMatchObject({ state: 'landed', commit: head, expectedOld: site.base });
  await site.land();
  expect(countOfLandingCommits(site)).toBe(1);
});

test('a sheet that has forgotten even the claim recognises the landing, and its number is not used again', async () => {
  const given = await givenSite({ tasks: ['a', { id: 'b', after: ['a'] }] });
  await using site = await withOldSheet(given, async (later) => {
    await later.finish('a', { a: 'a' });
    await later.land();
  });
  expect(await site.task('a')).toMatchObject({ state: 'ready', attempt: 0 });

  expect(await reconcile(site, { full: true })).toEqual(['a']);

  const head = site.integrationHead();
  expect(await site.task('a')).toMatchObject({
    state: 'done',
    landedAs: head,
    attempt: 1,
    result: { files: ['a'] },
  });
  expect(await site.task('b')).toMatchObject({ state: 'ready' });
  expect(await findAttempts(site.store, 'a')).toMatchObject([{ attempt: 1, outcome: 'landed' }]);
  expect(await site.landing('a')).toMatchObject({ state: 'landed', paths: ['a'], commit: head });
});

test('a sheet that has forgotten several attempts knows the number of the last', async () => {
  const given = await givenSite({ tasks: ['a', 'b'], files: { a: 'one' } });
  await using site = await withOldSheet(given, async (later) => {
    await later.finish('b', { a: 'of b' });
    await later.land();
    await later.finish('a', { a: 'of a' }, { from: later.base });
    await later.land();
    await later.finish('a', { a: 'of a and b' });
    await later.land();
  });
  expect(await reconcile(site, { full: true })).toEqual(['b', 'a']);
  expect(await site.task('a')).toMatchObject({ state: 'done', attempt: 2 });
});

test('a landed task is done also while what it waited for is forgotten and lands nothing', async () => {
  const given = await givenSite({
    tasks: [
      { id: 'look', kind: 'research' },
      { id: 'a', after: ['look'] },
      { id: 'b', after: ['a'] },
    ],
  });
  await using site = await withOldSheet(given, async (later) => {
    const look = await later.inSheet((tx) => claimTask(tx, 'look', { id: later.agentId, name: 'x' }, 60_000));
    if (look === undefined) throw new Error('not claimed');
    await later.inSheet((tx) => finishTask(tx, look));
    await later.finish('a', { a: 'a' });
    await later.land();
  });
  expect(await site.task('a')).toMatchObject({ state: 'waiting' });
  expect(await reconcile(site, { full: true })).toEqual(['a']);
  expect(await site.task('a')).toMatchObject({ state: 'done' });
  expect(await site.task('b')).toMatchObject({ state: 'ready' });

  const look = await site.inSheet((tx) => claimTask(tx, 'look', { id: site.agentId, name: 'x' }, 60_000));
  if (look === undefined) throw new Error('not claimed');
  expect((await site.inSheet((tx) => finishTask(tx, look))).freed).toEqual([]);
});

test('a paused task of an older sheet that has landed since is done', async () => {
  const given = await givenSite({ tasks: ['a'] });
  await given.inSheet((tx) => claimTask(tx, 'a', { id: given.agentId, name: 'x' }, 60_000));
  await given.inSheet((tx) => pauseTask(tx, 'a', 'lunch'));
  await using site = await withOldSheet(given, async (later) => {
    await later.store.transaction((tx) =>
      tx.run(sql`update task set state = 'ready', claimed_by = null, lease_expires_ms = null, attempt = 0`),
    );
    await later.store.transaction((tx) => tx.run(sql`delete from task_attempt`));
    await later.finish('a', { a: 'a' });
    await later.land();
  });
  expect(await reconcile(site, { full: true })).toEqual(['a']);
  expect(await site.task('a')).toMatchObject({ state: 'done', attempt: 1 });
  expect(await site.task('a')).not.toHaveProperty('claimedBy');
});

test('what others commit on the integration branch is no landing, whatever it says of itself', async () => {
  await using site = await givenSite({ tasks: ['a'] });
  const message = (attempt: string, run = 'run-1') =>
    `x\n\nCallsheet-Run: ${run}\nCallsheet-Task: a\nCallsheet-Attempt: ${attempt}\n`;
  let head = site.base;
  for (const each of [message('none'), message('0'), message('1', 'run-9'), 'plain']) {
    head = site.git('commit-tree', `${site.base}^{tree}`, '-p', head, '-m', each);
  }
  site.git('update-ref', integrationRef(site.run.id), head);
  expect(await reconcile(site, { full: true })).toEqual([]);
  expect(await site.task('a')).toMatchObject({ state: 'ready' });
});

test("trailers are read whatever the person's git is configured to take for one", async () => {
  await using site = await givenSite({ tasks: ['a'] });
  site.git('config', 'trailer.separators', '=');
  await site.finish('a', { a: 'a' });
  await landAndDie(site, 'after');
  expect(await reconcile(site)).toEqual(['a']);
});

test('an integration branch that was deleted comes back with all that has landed', async () => {
  await using site = await givenSite({ tasks: ['a', 'b'] });
  await site.finish('a', { a: 'a' });
  await site.land();
  await site.finish('b', { b: 'b' });
  await site.land();
  const head = site.integrationHead();
  site.git('update-ref', '-d', integrationRef(site.run.id));

  await expect(site.land()).resolves.toMatchObject({ settled: 0 });
  await ensureIntegrationBranch(site);

  expect(site.integrationHead()).toBe(head);
});

test('a commit with the trailers of a landing is none when it does not merge the work of that attempt', async () => {
  await using site = await givenSite({ tasks: ['a', 'b'] });
  await site.finish('a', { a: 'a' });
  const trailers = (task: string, attempt: number) =>
    `Land it\n\nCallsheet-Run: run-1\nCallsheet-Task: ${task}\nCallsheet-Attempt: ${attempt}\n`;
  const tree = `${site.base}^{tree}`;
  const other = site.git('commit-tree', tree, '-p', site.base, '-m', 'other work');
  let head = site.base;
  // Copied onto a plain commit, onto a merge of other work; of an attempt in the queue, and of one that never was.
  for (const message of [trailers('a', 1), trailers('b', 1)]) {
    head = site.git('commit-tree', tree, '-p', head, '-m', message);
    head = site.git('commit-tree', tree, '-p', head, '-p', other, '-m', message);
  }
  site.git('update-ref', integrationRef(site.run.id), head);

  expect(await reconcile(site, { full: true })).toEqual([]);

  expect(await site.task('a')).toMatchObject({ state: 'landing' });
  expect(await site.task('b')).toMatchObject({ state: 'ready' });
  await site.land();
  expect(await site.landedFile('a')).toBe('a');
});

test('a landing that the sheet forgot is proved by the snapshot that the branch of its attempt became', async () => {
  const given = await givenSite({ tasks: ['a'] });
  await using site = await withOldSheet(given, async (later) => {
    await later.finish('a', { a: 'a' });
    await later.land();
    const branch = 'refs/heads/callsheet/run-1/a.1';
    later.git('update-ref', 'refs/callsheet/snapshots/run-1/a.1.1', later.git('rev-parse', branch));
    later.git('update-ref', '-d', branch);
  });
  expect(await reconcile(site, { full: true })).toEqual(['a']);
});
