import { closeTask } from './close.js';
import { findLandings, requeueLanding, type Landing } from './landing.js';
import { TRAILERS } from './message.js';
import { resolveConflictsOf } from '../conflict/index.js';
import { integrationRef } from '../run/index.js';
import { findTask, reopenTask, claimTask, hasEnded, holdsClaim, type Task } from '../task/index.js';
import type { Transaction } from '../store/index.js';
import type { Site } from '../workspace/index.js';
import type { CommitInfo } from '../git/index.js';

/**
 * Brings the sheet in line with git, which is the truth about landing: what reached the integration branch is
 * done, also when the sheet has forgotten it in a power cut; what was intended and did not reach it waits again.
 * @returns The tasks that turned out to have landed.
 */
export async function reconcile(site: Site, options: { full?: boolean } = {}): Promise<string[]> {
  const intended = await findLandings(site.store, { runId: site.run.id, states: ['intended'] });
  if (intended.length === 0 && options.full !== true) return [];
  const landed = await landedCommits(site);
  for (const landing of intended) {
    if (landed.some((each) => each.commit === landing.commit)) continue;
    await site.store.transaction((tx) => requeueLanding(tx, landing));
  }
  const found: string[] = [];
  for (const commit of landed) {
    if (await recognise(site, commit)) found.push(commit.trailers[TRAILERS.task] ?? '');
  }
  return found;
}

/** The landing commits of this run on its integration branch, oldest first. */
export async function landedCommits(site: Site): Promise<CommitInfo[]> {
  const head = await site.repository.resolve(integrationRef(site.run.id));
  if (head === undefined) return [];
  const commits = await site.repository.firstParentLog(site.run.baseCommit, head);
  return commits.filter((each) => each.trailers[TRAILERS.run] === site.run.id && each.trailers[TRAILERS.task] !== undefined);
}

/** Records a landing that git shows and the sheet does not. */
async function recognise(site: Site, commit: CommitInfo): Promise<boolean> {
  const taskId = commit.trailers[TRAILERS.task] ?? '';
  const attempt = Number(commit.trailers[TRAILERS.attempt]);
  return site.store.transaction(async (tx) => {
    const task = await findTask(tx, taskId);
    if (task === undefined || task.runId !== site.run.id || task.landedAs === commit.commit) return false;
    // A later attempt than the one on the branch: it was reopened on purpose, and goes on.
    if (task.attempt > attempt || (task.state === 'done' && task.landedAs !== undefined)) return false;
    const held = await heldAgain(tx, task, attempt);
    const landing = (await findLandings(tx, { taskId, attempt }))[0];
    await closeTask(tx, { taskId, attempt: held }, commit.commit, landing);
    await resolveConflictsOf(tx, taskId, `landed as ${commit.commit}`);
    return true;
  });
}

// The sheet may have lost the claim itself. The task is claimed in the name of the engine, so that it can be closed
// by the same moves as any other.
async function heldAgain(tx: Transaction, task: Task, attempt: number): Promise<number> {
  if (holdsClaim(task.state) && task.attempt === attempt) return attempt;
  if (hasEnded(task.state)) await reopenTask(tx, task.id, 'git shows that it landed');
  const granted = await claimTask(tx, task.id, { id: 'callsheet', name: 'callsheet' }, 60_000);
  if (granted === undefined) throw new Error(`Task ${task.id} landed, and cannot be marked so: it is ${task.state}.`);
  return granted.attempt;
}

/** The landing of an attempt, when it is the one that may still move. */
export function isOpen(landing: Landing): boolean {
  return landing.state === 'queued' || landing.state === 'intended';
}
