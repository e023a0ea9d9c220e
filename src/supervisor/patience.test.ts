import { expect, test } from 'vitest';
import { givenSite } from '../../test/support/given-site.js';
import { recordEvidence } from '../gate/index.js';
import { createTasks, requireTask } from '../task/index.js';
import { openPatience } from './patience.js';

const MINUTE = 60_000;

/** `done` lands, and `next` waits for it with a long way to the end; a worker that is free could take `other`. */
async function givenLanding(more: { nextAfter?: string[]; nextMs?: number } = {}) {
  const site = await givenSite({
    tasks: [
      { id: 'done', estimateMs: 4 * MINUTE },
      { id: 'elsewhere', estimateMs: MINUTE },
      { id: 'next', after: more.nextAfter ?? ['done'], pathMs: more.nextMs ?? 9 * MINUTE },
      { id: 'other', estimateMs: 4 * MINUTE, pathMs: 4 * MINUTE },
    ],
  });
  await site.finish('done', { 'done.txt': 'done\n' });
  const patience = openPatience(site);
  const waits = async (free: number) => patience.isBetterToWait(await requireTask(site.store, 'other'), free);
  return Object.assign(site, { patience, waits });
}

test('a free worker waits for a longer way to the end that is about to open, a quarter of what it could do meanwhile', async () => {
  await using site = await givenLanding();
  expect(await site.waits(1)).toBe(true);
  expect(site.patience.until).toBe(site.clock.now() + MINUTE);
  site.clock.advance(MINUTE - 1);
  site.patience.reset(false);
  expect(await site.waits(1)).toBe(true);
  site.clock.advance(1);
  site.patience.reset(false);
  expect(await site.waits(1)).toBe(false);
  expect(site.patience.until).toBeUndefined();
});

test('of several free workers only as many wait as there are tasks to wait for', async () => {
  await using site = await givenLanding();
  expect(await site.waits(2)).toBe(false);
});

test('nobody waits for what is no farther from the end, or needs something else besides', async () => {
  await using near = await givenLanding({ nextMs: 4 * MINUTE });
  expect(await near.waits(1)).toBe(false);
  await using open = await givenLanding({ nextAfter: ['done', 'elsewhere'] });
  expect(await open.waits(1)).toBe(false);
});

test('nobody waits for a gate that took longer the last time than a quarter of the work at hand', async () => {
  await using site = await givenLanding();
  const gateTook = (durationMs: number) => {
    site.clock.advance(1);
    const seen = { tree: 'tree', gate: 'test', inputs: '', isGreen: true, timedOut: false, wroteTree: false };
    return site.inSheet((tx) =>
      recordEvidence(tx, {
        ...seen,
        ...{ runId: site.run.id, setupFailed: false, isFlaky: false, durationMs, outputTail: '' },
      }),
    );
  };
  await gateTook(MINUTE + 1);
  expect(await site.waits(1)).toBe(false);
  await gateTook(MINUTE);
  expect(await site.waits(1)).toBe(true);
});

test('how long the work at hand may take is scaled by what has been done', async () => {
  await using site = await givenLanding();
  await site.land();
  await site.finish('elsewhere', { 'elsewhere.txt': 'elsewhere\n' });
  site.clock.advance(MINUTE / 2);
  await site.land();
  await site.finish('next', { 'next.txt': 'next\n' });
  await site.inSheet((tx) =>
    createTasks(tx, [
      { id: 'last', title: 'Last', spec: 'Last.', after: ['next'], runId: site.run.id, pathMs: 9 * MINUTE },
    ]),
  );
  // Two tasks of five minutes together took half a minute: a tenth.
  expect(await site.waits(1)).toBe(true);
  expect(site.patience.until).toBe(site.clock.now() + MINUTE / 10);
});
