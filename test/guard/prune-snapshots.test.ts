import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRepository } from '../../src/git/index.js';
import { pruneSnapshots } from '../../src/guard/index.js';
import { recordSnapshot, SESSION_SNAPSHOTS } from '../../src/snapshot/index.js';
import { defined } from '../../src/store/index.js';
import { git } from '../support/given-sheet.js';
import { givenSessions } from './given-sessions.js';

const DAY_MS = 86_400_000;

async function givenSnapshots() {
  const given = await givenSessions();
  const { root, sheet, clock } = given;
  const commit = git(root, 'rev-parse', 'HEAD');
  let number = 0;
  return {
    ...given,
    /** Takes one, as the server does. */
    take: async (
      kind: keyof typeof SESSION_SNAPSHOTS = 'turn',
      {
        workspace = root,
        taskId,
        files = commit,
      }: { workspace?: string; taskId?: string; files?: string } = {},
    ) => {
      const ref = `${SESSION_SNAPSHOTS[kind]}${clock.now()}.${(number += 1)}`;
      git(root, 'update-ref', ref, files);
      const taken = { ref, commit: files, workspace, reason: kind, leftOut: [], ...defined({ taskId }) };
      return (await sheet.store.transaction((tx) => recordSnapshot(tx, taken))).id;
    },
    clean: async (dryRun = false) =>
      (await given.call<{ snapshots: number }>('clean', { dryRun }, { as: 'mia' })).snapshots,
    /** By id. Each has its ref, and each ref has one. */
    left: async () => {
      const { snapshots } = await given.call<{ snapshots: { id: string; ref: string }[] }>('undo');
      const refs = git(root, 'for-each-ref', '--format=%(refname)', 'refs/callsheet/snapshots');
      expect(refs.split('\n').filter((ref) => ref !== '')).toEqual(snapshots.map(({ ref }) => ref).sort());
      return snapshots.map(({ id }) => id).sort();
    },
  };
}

test('snapshots of live sessions go after 30 days, not a day before, and their refs too', async () => {
  const { take, clean, left, clock } = await givenSnapshots();
  const first = await take();
  clock.advance(2 * DAY_MS);
  const second = await take();
  clock.advance(28 * DAY_MS);
  expect(await clean()).toBe(0);
  clock.advance(DAY_MS);
  expect(await clean(true)).toBe(1);
  expect(await left()).toEqual([first, second].sort());
  expect(await clean()).toBe(1);
  expect(await left()).toEqual([second]);
});

test('of one checkout and kind the newest 200 stay', async () => {
  const { take, clean, left, root } = await givenSnapshots();
  const [first] = [await take(), await take('end'), await take('turn', { workspace: `${root}-other` })];
  for (let count = 0; count < 200; count += 1) await take();
  expect(await clean()).toBe(1);
  const ids = await left();
  expect(ids).toHaveLength(202);
  expect(ids).not.toContain(first);
});

test('the newest of each checkout that a live session has come by stays, however old', async () => {
  const { take, clean, left, clock, session } = await givenSnapshots();
  await take();
  const newest = await take();
  const ada = await session();
  clock.advance(40 * DAY_MS);
  expect(await clean()).toBe(1);
  expect(await left()).toEqual([newest]);
  await ada.event('SessionEnd', { reason: 'other' });
  expect(await clean()).toBe(1);
});

test('what was saved of a task stays as long as that is open, and what a session left that gave tasks back', async () => {
  const { take, clean, left, clock, call } = await givenSnapshots();
  await call('task.add', { title: 'Limit it', id: 'limiter' }, { as: 'mia' });
  const kept = [await take('yield', { taskId: 'limiter' }), await take('end')];
  await take('yield', { taskId: 'another' });
  clock.advance(40 * DAY_MS);
  expect(await clean()).toBe(1);
  expect(await left()).toEqual(kept.sort());
  await call('task.cancel', { id: 'limiter' }, { as: 'mia' });
  expect(await clean()).toBe(2);
});

test('one whose ref was moved stays, and one whose ref is gone is forgotten', async () => {
  const { take, clean, clock, root, call } = await givenSnapshots();
  const [moved] = [await take(), await take()];
  const refs = git(root, 'for-each-ref', '--format=%(refname)', 'refs/callsheet/snapshots').split('\n');
  git(root, 'commit', '-q', '--allow-empty', '-m', 'x');
  git(root, 'update-ref', refs[0] ?? '', 'HEAD');
  git(root, 'update-ref', '-d', refs[1] ?? '');
  clock.advance(40 * DAY_MS);
  expect(await clean()).toBe(1);
  const { snapshots } = await call<{ snapshots: { id: string }[] }>('undo');
  expect(snapshots.map(({ id }) => id)).toEqual([moved]);
});

/** A commit on no branch whose file of 50 kB no other has. */
function givenFiles(root: string): string {
  writeFileSync(join(root, 'big.bin'), randomBytes(50_000));
  git(root, 'add', 'big.bin');
  const commit = git(root, 'commit-tree', '-p', 'HEAD', '-m', 'saved', git(root, 'write-tree'));
  git(root, 'rm', '-q', '--cached', 'big.bin');
  return commit;
}

test('the oldest go when all hold too much on disk, down to the newest five of a checkout', async () => {
  const { take, left, root, sheet } = await givenSnapshots();
  const repository = await openRepository(root);
  const prune = (maxBytes: number, dryRun = false) =>
    pruneSnapshots({ store: sheet.store, repository }, { maxBytes, dryRun });
  const ids: string[] = [];
  for (let count = 0; count < 9; count += 1) ids.push(await take('turn', { files: givenFiles(root) }));
  rmSync(join(root, 'big.bin'));
  expect(await prune(500_000)).toBe(0);
  expect(await prune(380_000, true)).toBe(2);
  expect(await left()).toHaveLength(9);
  expect(await prune(380_000)).toBe(2);
  expect(await left()).toEqual(ids.slice(2).sort());
  expect(await prune(1)).toBe(2);
  expect(await left()).toEqual(ids.slice(4).sort());
  expect(await prune(1)).toBe(0);
});

test('what a branch holds too does not count, nor does what git has cleaned away', async () => {
  const { take, root, sheet } = await givenSnapshots();
  const repository = await openRepository(root);
  const files = givenFiles(root);
  git(root, 'branch', 'kept', files);
  for (let count = 0; count < 9; count += 1) await take('turn', { files });
  await sheet.store.transaction((tx) =>
    recordSnapshot(tx, {
      ref: `${SESSION_SNAPSHOTS.turn}gone`,
      commit: 'ab'.repeat(20),
      workspace: root,
      reason: 'turn',
      leftOut: [],
    }),
  );
  const prune = () => pruneSnapshots({ store: sheet.store, repository }, { maxBytes: 40_000 });
  expect(await prune()).toBe(0);
  git(root, 'branch', '-D', 'kept');
  expect(await prune()).toBe(5);
});
