import { liveAgents } from '../agent/index.js';
import { ensureIntegrationBranch, reconcile } from '../landing/index.js';
import { releaseLocksOfClaim } from '../lock/index.js';
import { endTree, findMarked, isAlive } from '../process/index.js';
import { findTasks } from '../task/index.js';
import { attemptFolder, runFolder, saveAndRemove, scratchFolder, workspacesOfRun, type Site } from '../workspace/index.js';
import { interrupt } from '../worker/index.js';

/**
 * Makes good what a killed engine left: its processes are ended, git tells what has landed, attempts under way
 * are saved and offered again, workspaces that the sheet does not know are saved and removed.
 */
export async function recover(site: Site): Promise<void> {
  await endLeftProcesses(site);
  await ensureIntegrationBranch(site);
  await reconcile(site, { full: true });
  await offerAgain(site);
  await clearUnknownWorkspaces(site);
}

async function endLeftProcesses(site: Site): Promise<void> {
  const marker = `CALLSHEET_SCRATCH=${scratchFolder(site)}`;
  for (const agent of await liveAgents(site.store)) {
    const { pid, pidStartedAt: startedAt } = agent;
    if (agent.runId !== site.run.id || pid === undefined || startedAt === undefined) continue;
    if (isAlive({ pid, startedAt })) await endTree({ pid, startedAt }, { graceMs: 0, marker });
  }
  for (const left of findMarked(marker)) await endTree(left, { graceMs: 0, marker });
}

/** A person's claim by hand on a task of the run is theirs; only our own workers' attempts are taken back. */
async function offerAgain(site: Site): Promise<void> {
  const ours = new Set((await liveAgents(site.store)).filter((agent) => agent.runId === site.run.id).map((agent) => agent.id));
  for (const task of await findTasks(site.store, { runId: site.run.id, states: ['running'] })) {
    if (task.claimedBy === undefined || !ours.has(task.claimedBy)) continue;
    const claim = { taskId: task.id, attempt: task.attempt };
    await interrupt(site, claim, attemptFolder(site, claim), 'its engine was ended');
    await site.store.transaction((tx) => releaseLocksOfClaim(tx, claim));
  }
}

// After a power cut git may have worktrees that the sheet has forgotten.
async function clearUnknownWorkspaces(site: Site): Promise<void> {
  const known = new Set((await workspacesOfRun(site.store, site.run.id)).map((each) => each.path));
  for (const { path } of await site.repository.worktrees()) {
    if (known.has(path) || !path.startsWith(`${runFolder(site)}/`)) continue;
    await saveAndRemove(site, { path, runId: site.run.id, kind: 'worker', slot: -1 }, 'left by an earlier engine');
  }
}
