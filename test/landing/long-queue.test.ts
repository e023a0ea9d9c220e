import { expect, test } from 'vitest';
import { enqueueLanding, landWaiting } from '../../src/landing/index.js';
import { cancelTask, claimTask, sendToLanding } from '../../src/task/index.js';
import { countedReads } from '../support/counted-reads.js';
import { givenSite, type GivenSite } from '../support/given-site.js';

/** As many as are tested together can land; what waits behind them has no commit that could be merged yet. */
async function givenQueue(behind: number): Promise<GivenSite> {
  const first = Array.from({ length: 8 }, (_, n) => `first-${n}`);
  const later = Array.from({ length: behind }, (_, n) => `later-${n}`);
  const site = await givenSite({ tasks: [...first, ...later] });
  for (const id of first) await site.finish(id, { [`${id}.txt`]: id }, { from: site.base });
  for (const id of later) await queued(site, id);
  return site;
}

async function queued(site: GivenSite, id: string): Promise<void> {
  await site.inSheet(async (tx) => {
    const claim = await claimTask(tx, id, { id: site.agentId, name: 'ada' }, 60_000);
    if (claim === undefined) throw new Error(`${id} was not to be had`);
    await sendToLanding(tx, claim);
    const { taskId, attempt } = claim;
    const work = { headCommit: '0'.repeat(40), baseCommit: site.base, paths: [`${id}.txt`] };
    await enqueueLanding(tx, { taskId, attempt, runId: site.run.id, ...work });
  });
}

/** How many records one round of the queue reads: landings, and tasks with all that they say. */
async function readByRound(behind: number): Promise<{ landings: number; tasks: number }> {
  await using site = await givenQueue(behind);
  const { store, taken } = countedReads(site.store);
  expect(await landWaiting({ ...site, store }, site.lane)).toMatchObject({ settled: 8 });
  const rows = taken();
  return {
    landings: rows.filter((row) => 'paths' in row).length,
    tasks: rows.filter((row) => 'spec' in row).length,
  };
}

test('a round of the queue reads what it tests, however much waits behind that', async () => {
  const [few, many] = [await readByRound(2), await readByRound(30)];
  expect(few.landings).toBeGreaterThanOrEqual(8);
  expect(many).toEqual(few);
});

test('what has lost its claim leaves the queue at once, wherever in it', async () => {
  await using site = await givenQueue(3);
  await site.inSheet((tx) => cancelTask(tx, 'later-1', 'not wanted any more'));
  expect(await site.land()).toMatchObject({ settled: 9 });
  expect((await site.landing('later-1')).state).toBe('withdrawn');
  expect((await site.landing('later-2')).state).toBe('queued');
});
