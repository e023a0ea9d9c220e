import type { CommitInfo } from '../git/index.js';
import { attemptBranch, integrationRef } from '../run/index.js';
import { findTask, isTaskId, type Claim } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import { closeLanded } from './close.js';
import { findLandings, type Landing } from './landing.js';
import { TRAILERS } from './message.js';
import { enqueueLanding, requeueLanding } from './write.js';

/**
 * Brings the sheet in line with git, which is the truth about landing: what reached the integration branch is
 * done, also when the sheet has forgotten it in a power cut; what was intended and did not reach it waits again.
 * @param options.full Looks at the branch also when nothing was intended: what the sheet has forgotten is found.
 * @returns The tasks that turned out to have landed.
 */
export async function reconcile(site: Site, options: { full?: boolean } = {}): Promise<string[]> {
  const intended = { runId: site.run.id, states: ['intended'] } as const;
  if (options.full !== true && (await findLandings(site.store, intended)).length === 0) return [];
  const found: string[] = [];
  for (const landed of await landedCommits(site)) {
    if (await recognise(site, landed)) found.push(landed.claim.taskId);
  }
  await site.store.transaction(async (tx) => {
    for (const landing of await findLandings(tx, intended)) await requeueLanding(tx, landing);
  });
  return found;
}

interface LandedCommit {
  commit: CommitInfo;
  /** Whose work it landed. */
  claim: Claim;
}

/**
 * Trailers alone prove nothing: anybody can write them, and an agent that copies a message does. A landing is the commit
 * that was intended; where the sheet has forgotten that, a merge of the work that this attempt is known for.
 */
async function isProven(
  { repository, run }: Site,
  known: Landing | undefined,
  { commit, claim }: LandedCommit,
): Promise<boolean> {
  if (known?.commit === commit.commit) return true;
  const [, work, ...more] = commit.parents;
  if (work === undefined || more.length > 0) return false;
  if (known !== undefined) return known.headCommit === work;
  const branch = attemptBranch(run.id, claim.taskId, claim.attempt);
  if ((await repository.resolve(`refs/heads/${branch}`)) === work) return true;
  const snapshots = `refs/callsheet/snapshots/${run.id}/`;
  const ofAttempt = `${snapshots}${claim.taskId}.${claim.attempt}.`;
  const kept = [...(await repository.refs(snapshots))].filter(([ref]) => ref.startsWith(ofAttempt));
  return kept.some(([, id]) => id === work);
}

/** The landing commits of this run on its integration branch, oldest first. */
async function landedCommits(site: Site): Promise<LandedCommit[]> {
  const head = await site.repository.resolve(integrationRef(site.run.id));
  if (head === undefined) return [];
  const commits = await site.repository.firstParentLog(site.run.baseCommit, head);
  return commits.flatMap((commit) => {
    const claim = claimIn(commit, site.run.id);
    return claim === undefined ? [] : [{ commit, claim }];
  });
}

function claimIn({ trailers }: CommitInfo, runId: string): Claim | undefined {
  const taskId = trailers[TRAILERS.task] ?? '';
  const attempt = Number(trailers[TRAILERS.attempt]);
  const isOurs =
    trailers[TRAILERS.run] === runId && isTaskId(taskId) && Number.isSafeInteger(attempt) && attempt > 0;
  return isOurs ? { taskId, attempt } : undefined;
}

/** Records a landing that git shows and the sheet does not. A task that was reopened after it landed is left alone. */
async function recognise(site: Site, landed: LandedCommit): Promise<boolean> {
  const { commit, claim } = landed;
  const known = (await findLandings(site.store, claim))[0];
  if (known?.state === 'landed' || !(await isProven(site, known, landed))) return false;
  const [expectedOld = site.run.baseCommit, headCommit = commit.commit] = commit.parents;
  const paths =
    known?.paths ?? (await site.repository.changedPaths(expectedOld, commit.commit)).map((each) => each.path);
  return site.store.transaction(async (tx) => {
    const task = await findTask(tx, claim.taskId);
    if (task === undefined || task.runId !== site.run.id) return false;
    const work = { ...claim, runId: site.run.id, headCommit, baseCommit: expectedOld, paths };
    const landing = (await findLandings(tx, claim))[0] ?? (await enqueueLanding(tx, work));
    await closeLanded(tx, landing, { commit: commit.commit, expectedOld, tree: commit.tree });
    return true;
  });
}
