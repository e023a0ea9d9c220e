import { endAgent, findAgent, liveAgents } from '../agent/index.js';
import { ensureIntegrationBranch, reconcile } from '../landing/index.js';
import { findLocks, releaseLocksOfClaim } from '../lock/index.js';
import { findTask, findTasks, holdsClaim } from '../task/index.js';
import { adoptForgotten, attemptFolder, processesOf, scratchFolder, type Site } from '../workspace/index.js';
import { interrupt } from '../worker/index.js';
import { leftByEngines } from './engine-mark.js';

const GIT_GRACE_MS = 500;

/**
 * Makes good what a killed engine left: its processes are ended, git tells what has landed, attempts under way
 * are saved and offered again, and what git has of the run and the sheet does not know is kept as snapshots.
 */
export async function recover(site: Site): Promise<void> {
  await endLeftProcesses(site);
  await ensureIntegrationBranch(site);
  await reconcile(site, { full: true });
  await offerAgain(site);
  await releaseLocksOfEndedClaims(site);
  await endOldSessions(site);
  await adoptForgotten(site);
}

async function endLeftProcesses(site: Site): Promise<void> {
  const processes = processesOf(site);
  const marker = `CALLSHEET_SCRATCH=${scratchFolder(site)}`;
  for (const agent of await liveAgents(site.store)) {
    const { pid, pidStartedAt: startedAt } = agent;
    if (agent.runId !== site.run.id || pid === undefined || startedAt === undefined) continue;
    if (processes.isAlive({ pid, startedAt }))
      await processes.endTree({ pid, startedAt }, { graceMs: 0, marker });
  }
  for (const left of processes.findMarked(marker)) await processes.endTree(left, { graceMs: 0, marker });
  // git takes its locks away when it is asked to end.
  for (const { left, marker: ofEngine } of leftByEngines(site, processes))
    await processes.endTree(left, { graceMs: GIT_GRACE_MS, marker: ofEngine });
}

/**
 * Attempts under way are saved and offered again. One that nobody was at work on (it was held, and has been answered
 * or let go on since) stays as it is: the engine takes it up. A person's claim by hand is theirs.
 */
async function offerAgain(site: Site): Promise<void> {
  const { store, run } = site;
  for (const task of await findTasks(store, { runId: run.id, states: ['running'] })) {
    const holder = task.claimedBy === undefined ? undefined : await findAgent(store, task.claimedBy);
    if (holder?.runId !== run.id || holder.endedAt !== undefined) continue;
    const claim = { taskId: task.id, attempt: task.attempt };
    await interrupt(site, claim, attemptFolder(site, claim), 'its engine was ended');
  }
}

/** What was locked for a claim that has ended, here or while its engine died: nobody else lets go of it. */
async function releaseLocksOfEndedClaims({ store, run }: Site): Promise<void> {
  await store.transaction(async (tx) => {
    for (const { taskId, attempt } of await findLocks(tx, { runId: run.id })) {
      if (taskId === undefined || attempt === undefined) continue;
      const task = await findTask(tx, taskId);
      // Of what waits to land, the agent has ended.
      if (task?.attempt === attempt && holdsClaim(task.state) && task.state !== 'landing') continue;
      await releaseLocksOfClaim(tx, { taskId, attempt });
    }
  });
}

/** No session of a killed engine lives on; those that hold a task come back with it. */
async function endOldSessions(site: Site): Promise<void> {
  await site.store.transaction(async (tx) => {
    for (const agent of await liveAgents(tx)) if (agent.runId === site.run.id) await endAgent(tx, agent.id);
  });
}
