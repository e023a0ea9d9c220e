import { CallsheetError } from '../error/index.js';
import { isPlainName, type CommitId } from '../git/index.js';
import { integrationBranch, noteLandedInto } from '../run/index.js';
import { shownNames } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { forward, type Target } from './forward.js';
import { howItEnded } from './gate.js';
import { integrationHead } from './head.js';
import type { Lane } from './lane.js';
import { mergeTarget, type TargetMerge } from './target.js';

export interface LandedInto {
  branch: string;
  commit: CommitId;
  /** The branch had everything already. */
  wasThere: boolean;
  /** The checkout that was moved along, and where it was. */
  moved?: { checkout: string; from: CommitId };
}

/**
 * Brings a run's work to a branch: a branch that has moved is first merged in through the gate, then the branch
 * is fast-forwarded by compare-and-swap. A checkout that has it checked out is moved along, unless uncommitted
 * changes are in the way.
 * @throws {CallsheetError} `LAND_CONFLICT`, `LAND_RED`, `LAND_DIRTY`, `LAND_MOVED`, `LAND_UNRELATED`, `LAND_REWRITTEN`, `BRANCH_UNKNOWN`,
 * `INTEGRATION_GONE`: the branch was not moved then.
 */
export async function landInto(
  site: Site,
  lane: Lane,
  branch: string,
  signal?: AbortSignal,
): Promise<LandedInto> {
  const target = await site.repository.resolve(`refs/heads/${branch}`);
  if (target === undefined) throw unknownBranch(site, branch);
  // It went on after an earlier landing: there is nothing to bring, and nothing to merge.
  const landed = await integrationHead(site);
  if (await site.repository.isAncestor(landed, target)) return { branch, commit: target, wasThere: true };
  const merge = await mergeTarget(site, lane, target, branch, signal);
  const head = headAfter(site, branch, merge);
  if (head === target) return { branch, commit: head, wasThere: true };
  const checkout = await forward(site.repository, targetOf(site, branch), { from: target, to: head });
  await site.store.transaction((tx) => noteLandedInto(tx, site.run.id, branch, head));
  const landedNow = { branch, commit: head, wasThere: false };
  return checkout === undefined ? landedNow : { ...landedNow, moved: { checkout, from: target } };
}

function targetOf({ run }: Site, branch: string): Target {
  return {
    branch,
    again: `callsheet land ${run.id} --into ${branch}`,
    byHand: `git switch ${branch} && git merge ${integrationBranch(run.id)}`,
  };
}

function headAfter(site: Site, branch: string, merge: TargetMerge): CommitId {
  switch (merge.kind) {
    case 'up-to-date':
    case 'merged':
      return merge.head;
    case 'unrelated':
      throw refusal('LAND_UNRELATED', site, branch, `${branch} has no commit in common with ${site.run.id}.`);
    case 'rewritten':
      throw refusal(
        'LAND_REWRITTEN',
        site,
        branch,
        `${branch} does not have ${merge.base.slice(0, 10)} any more, where ${site.run.id} began: it was reset or rewritten, and the run's work would bring those commits back.`,
      );
    case 'conflict':
      throw refusal(
        'LAND_CONFLICT',
        site,
        branch,
        `${branch} has moved and conflicts with the run's work in ${shownNames(merge.conflicts.map((each) => each.path))}.`,
      );
    case 'red':
      throw refusal(
        'LAND_RED',
        site,
        branch,
        `${branch} has moved, and merged with it the gate \`${merge.evidence.gate}\` ${howItEnded(merge.evidence)}:\n${merge.evidence.outputTail}\n`,
      );
    case 'moved':
      throw refusal('LAND_MOVED', site, branch, `The integration branch of ${site.run.id} moved meanwhile.`);
  }
}

type Refusal = 'LAND_REWRITTEN' | 'LAND_CONFLICT' | 'LAND_RED' | 'LAND_MOVED' | 'LAND_UNRELATED';

/** What to do next: the same again once something is out of the way, or the merge by hand. */
function hintFor(run: Site['run'], code: Refusal, { again, byHand }: Target): string {
  switch (code) {
    case 'LAND_CONFLICT':
      return `Merge them by hand: ${byHand}`;
    case 'LAND_REWRITTEN':
      return `When they may come back, merge by hand: ${byHand}. To have the work alone, pick its commits: git log --first-parent ${integrationBranch(run.id)}`;
    case 'LAND_RED':
      return `Merge and mend it by hand, where no gate is run: ${byHand}`;
    case 'LAND_UNRELATED':
      return 'Choose a branch that the run can have come from: --into BRANCH';
    case 'LAND_MOVED':
      return `Try again: ${again}. By hand: ${byHand}`;
  }
}

function refusal(code: Refusal, site: Site, branch: string, message: string): CallsheetError {
  return new CallsheetError(code, `${message} Nothing was moved.`, {
    hint: hintFor(site.run, code, targetOf(site, branch)),
  });
}

function unknownBranch({ run }: Site, branch: string): CallsheetError {
  const isName = isPlainName(branch);
  return new CallsheetError(
    'BRANCH_UNKNOWN',
    isName
      ? `There is no branch ${branch}. Nothing was moved.`
      : `${JSON.stringify(branch)} cannot name a branch. Nothing was moved.`,
    {
      exit: 'usage',
      hint: isName
        ? `Make it where the run began: git branch ${branch} ${run.baseCommit.slice(0, 12)}`
        : 'See the branches: git branch',
    },
  );
}
