import { expect, test, vi } from 'vitest';
import { givenSite } from '../../test/support/given-site.js';
import { registerAgent } from '../agent/index.js';
import { acquireLock, releaseLock } from '../lock/index.js';
import { openLandings } from './landings.js';

test('what a lock by hand holds back begins no round of the queue until it is let go', async () => {
  await using site = await givenSite();
  const lock = await site.inSheet(async (tx) => {
    const { agent } = await registerAgent(tx, { name: 'petra', role: 'human', driver: 'terminal' });
    const wish = { agentId: agent.id, paths: ['src'], resources: [], queue: false, byHand: true };
    const answer = await acquireLock(tx, wish);
    if (!answer.granted) throw new Error('not granted');
    return answer.lock;
  });
  await site.finish('a', { 'src/a.ts': 'a\n' });
  const onEnd = vi.fn();
  const landings = openLandings(site, onEnd, (error) => {
    throw error;
  });

  await landings.start();
  expect(landings.isBusy).toBe(false);
  expect(landings.held).toEqual([{ taskId: 'a', locks: [lock.id] }]);
  expect(onEnd).not.toHaveBeenCalled();

  await site.inSheet((tx) => releaseLock(tx, { agentId: lock.agentId, lockId: lock.id }));
  await landings.start();
  expect(landings.isBusy).toBe(true);
  await vi.waitUntil(() => onEnd.mock.calls.length > 0, { timeout: 20_000 });
  expect((await site.task('a')).state).toBe('done');
  await landings.close();
});
