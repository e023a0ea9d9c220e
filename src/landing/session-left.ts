import type { CommitId, CommitInfo, Repository } from '../git/index.js';
import type { Store } from '../store/index.js';
import type { Claim } from '../task/index.js';
import { closeLanded } from './close.js';
import { findLandings, type Landing } from './landing.js';
import { TRAILERS } from './message.js';
import { endLanding, enqueueSession, type LandedProof, type SessionWork } from './write.js';

/** The sessions' branches that wait to go onto a branch, or onto any, in the order in which they came. */
export function openSessions(store: Store, into?: string): Promise<Landing[]> {
  const states = ['queued', 'intended'] as const;
  return findLandings(store, into === undefined ? { ofSessions: true, states } : { into, states });
}

/**
 * Ends a landing whose process does not go on with it, by what git shows: the commit is on the branch, or nothing
 * of it is and nothing will be.
 * @returns Whether it has landed.
 */
export async function endSession(
  store: Store,
  repository: Repository,
  landing: Landing,
  reason: string,
): Promise<boolean> {
  const proof = await landedProof(repository, landing);
  return store.transaction(async (tx) => {
    const [now] = await findLandings(tx, { ids: [landing.id] });
    if (now?.state !== 'queued' && now?.state !== 'intended') return now?.state === 'landed';
    if (proof === undefined) await endLanding(tx, now, { state: 'withdrawn', reason });
    else await closeLanded(tx, now, proof);
    return proof !== undefined;
  });
}

/** What git shows of a session's branch that has landed; undefined when it has not. */
async function landedProof(repository: Repository, landing: Landing): Promise<LandedProof | undefined> {
  const { commit, expectedOld, tree, session, baseCommit } = landing;
  const head = await repository.resolve(`refs/heads/${session?.into ?? ''}`);
  if (head === undefined) return undefined;
  if (commit !== undefined && expectedOld !== undefined && tree !== undefined) {
    const isThere = (await repository.resolve(commit)) !== undefined;
    return isThere && (await repository.isAncestor(commit, head)) ? { commit, expectedOld, tree } : undefined;
  }
  // A power cut may have taken the intent: the commit says which landing it is, and holds its work.
  if ((await repository.resolve(baseCommit)) === undefined) return undefined;
  const commits = await repository.firstParentLog(baseCommit, head);
  return proofIn(commits, landing, (trailers) => trailers[TRAILERS.landing] === landing.id);
}

/**
 * Records the landing of a task's work that git shows and the sheet has forgotten: a commit of the branch says whose
 * work it landed, and holds the very commit that the task's holder brings. Trailers alone prove nothing.
 * @param head Where the branch is that it may have landed on.
 * @returns The landing; undefined when git shows none.
 */
export async function recordLandedBefore(
  store: Store,
  repository: Repository,
  work: SessionWork & Claim,
  head: CommitId,
): Promise<Landing | undefined> {
  const proof = proofIn(
    await repository.firstParentLog(work.baseCommit, head),
    work,
    (trailers) =>
      trailers[TRAILERS.landing] !== undefined &&
      trailers[TRAILERS.task] === work.taskId &&
      trailers[TRAILERS.attempt] === `${work.attempt}`,
  );
  if (proof === undefined) return undefined;
  return store.transaction(async (tx) => {
    const landing = await enqueueSession(tx, work);
    await closeLanded(tx, landing, proof);
    return { ...landing, ...proof, state: 'landed' };
  });
}

function proofIn(
  commits: readonly CommitInfo[],
  { headCommit }: Pick<Landing, 'headCommit'>,
  isOfLanding: (trailers: CommitInfo['trailers']) => boolean,
): LandedProof | undefined {
  const found = commits.find(
    ({ parents, trailers }) => parents.length === 2 && parents[1] === headCommit && isOfLanding(trailers),
  );
  if (found === undefined) return undefined;
  const { commit, parents, tree } = found;
  return { commit, expectedOld: parents[0] ?? '', tree };
}
