import { expect, test } from 'vitest';
import { countedReads } from '../../test/support/counted-reads.js';
import { givenSite } from '../../test/support/given-site.js';
import { claimTask } from '../task/index.js';
import { mayGoOn } from './dispatch.js';

test('what may go on is found without reading what waits to land', async () => {
  await using site = await givenSite({ tasks: ['landing', 'other', 'busy', 'held'] });
  await site.finish('landing', { 'a.txt': 'a' });
  await site.finish('other', { 'b.txt': 'b' });
  const claim = (id: string) =>
    site.inSheet((tx) => claimTask(tx, id, { id: site.agentId, name: 'ada' }, 60_000));
  await claim('busy');
  const { store, taken } = countedReads(site.store);
  const look = async () => {
    const active = new Map([['busy', { startedAt: 0 }]]);
    const found = await mayGoOn({ site: { ...site, store } }, active);
    return { found: found.map(({ id }) => id), read: taken().map(({ id }) => id) };
  };

  expect(await look()).toEqual({ found: [], read: ['busy'] });
  await claim('held');
  expect((await look()).found).toEqual(['held']);
});
