import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { givenSite, type GivenSite } from '../../test/support/given-site.js';
import { registerAgent } from '../agent/index.js';
import { acquireLock, releaseLock } from '../lock/index.js';
import { claimTask, finishTask } from '../task/index.js';
import { openAttemptWorkspace, workspacesOfRun, type Workspace } from '../workspace/index.js';
import { openLandings, sweep } from './landings.js';

/** Done, with its workspace still there, and something in it that is in no commit. */
async function finished(site: GivenSite, taskId: string): Promise<Workspace> {
  const agent = { id: site.agentId, name: 'ada' };
  const claim = await site.inSheet((tx) => claimTask(tx, taskId, agent, 60_000));
  if (claim === undefined) throw new Error(`${taskId} was not to be had`);
  const workspace = await openAttemptWorkspace(site, claim, site.base);
  await site.inSheet((tx) => finishTask(tx, claim));
  return workspace;
}

test('workspaces that several parts of an engine clear up at once are gone, each removed once', async () => {
  await using site = await givenSite({ tasks: ['a', 'b'] });
  const workspaces = [await finished(site, 'a'), await finished(site, 'b')];

  await Promise.all([sweep(site), sweep(site), sweep(site)]);

  expect(workspaces.filter(({ path }) => existsSync(path))).toEqual([]);
  expect(await workspacesOfRun(site.store, site.run.id)).toEqual([]);
  expect(await site.events('workspace.kept')).toEqual([]);
  expect(await site.events('workspace.removed')).toHaveLength(2);
});

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
