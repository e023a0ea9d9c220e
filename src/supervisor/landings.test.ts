import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { givenSite, type GivenSite } from '../../test/support/given-site.js';
import { claimTask, finishTask } from '../task/index.js';
import { openAttemptWorkspace, workspacesOfRun, type Workspace } from '../workspace/index.js';
import { sweep } from './landings.js';

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
