import { CallsheetError } from '../error/index.js';
import type { CommitId } from '../git/index.js';
import { integrationBranch, noteLandedInto } from '../run/index.js';
import { matchesPath } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { howItEnded } from './gate.js';
import type { Lane } from './lane.js';
import { mergeTarget, type TargetMerge } from './target.js';

export interface LandedInto {
  branch: string;
  commit: CommitId;
  /** The branch had everything already. */
  wasThere: boolean;
}

/**
 * Brings a run's work to a branch: a branch that has moved is first merged in through the gate, then the branch
 * is fast-forwarded by compare-and-swap. A checkout that has it checked out is moved along, unless uncommitted
 * changes are in the way.
 * @throws {CallsheetError} `LAND_CONFLICT`, `LAND_RED`, `LAND_DIRTY`, `LAND_MOVED`, `BRANCH_UNKNOWN`: nothing was moved then.
 */
export async function landInto(site: Site, lane: Lane, branch: string, signal?: AbortSignal): Promise<LandedInto> {
  const ref = `refs/heads/${branch}`;
  const target = await site.repository.resolve(ref);
  if (target === undefined) throw unknownBranch(site, branch);
  const merge = await mergeTarget(site, lane, target, branch, signal);
  const head = headAfter(site, branch, merge);
  if (head === target) return { branch, commit: head, wasThere: true };
  await forward(site, branch, target, head);
  await site.store.transaction((tx) => noteLandedInto(tx, site.run.id, branch, head));
  return { branch, commit: head, wasThere: false };
}

async function forward(site: Site, branch: string, from: CommitId, to: CommitId): Promise<void> {
  const checkout = (await site.repository.worktrees()).find((each) => each.branch === branch && !each.isMissing && !each.isBare);
  if (checkout === undefined) {
    if (await site.repository.updateRef(`refs/heads/${branch}`, to, from)) return;
    throw refusal('LAND_MOVED', site, branch, `${branch} moved while it was landed into.`);
  }
  const changed = (await site.repository.changedPaths(from, to)).map((each) => each.path);
  const { tracked, untracked } = await site.repository.status(checkout.path);
  const dirty = [...tracked.map((each) => each.path), ...untracked].filter((path) => changed.some((each) => matchesPath(each, path)));
  if (dirty.length > 0) throw inTheWay(site, branch, checkout.path, dirty);
  const result = await site.repository.fastForward(checkout.path, to);
  if (!result.moved) throw inTheWay(site, branch, checkout.path, result.inTheWay);
}

function headAfter(site: Site, branch: string, merge: TargetMerge): CommitId {
  switch (merge.kind) {
    case 'up-to-date':
    case 'merged':
      return merge.head;
    case 'conflict':
      throw refusal('LAND_CONFLICT', site, branch, `${branch} has moved and conflicts with the run's work in ${merge.conflicts.map((each) => each.path).join(', ')}.`);
    case 'red':
      throw refusal('LAND_RED', site, branch, `${branch} has moved, and merged with it the gate \`${merge.evidence.gate}\` ${howItEnded(merge.evidence)}:\n${merge.evidence.outputTail}\n`);
    case 'moved':
      throw refusal('LAND_MOVED', site, branch, `The integration branch of ${site.run.id} moved meanwhile.`);
  }
}

function inTheWay(site: Site, branch: string, checkout: string, paths: string[]): CallsheetError {
  const named = paths.slice(0, 5).join(', ') + (paths.length > 5 ? `, and ${paths.length - 5} more` : '');
  return refusal('LAND_DIRTY', site, branch, `${branch} is checked out in ${checkout}, where uncommitted changes are in the way: ${named}.`);
}

function refusal(code: string, { run }: Site, branch: string, message: string): CallsheetError {
  const integration = integrationBranch(run.id);
  return new CallsheetError(code, `${message} Nothing was moved.`, {
    hint: `Commit or stash, then again: callsheet land ${run.id} --into ${branch}. By hand: git switch ${branch} && git merge ${integration}`,
  });
}

function unknownBranch({ run }: Site, branch: string): CallsheetError {
  return new CallsheetError('BRANCH_UNKNOWN', `There is no branch ${branch}. Nothing was moved.`, {
    exit: 'usage',
    hint: `Make it where the run began: git branch ${branch} ${run.baseCommit.slice(0, 12)}`,
  });
}
