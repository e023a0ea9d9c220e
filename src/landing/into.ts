import { CallsheetError, messageOf } from '../error/index.js';
import { isPlainName, type CommitId, type Worktree } from '../git/index.js';
import { integrationBranch, noteLandedInto } from '../run/index.js';
import type { Site } from '../workspace/index.js';
import { howItEnded } from './gate.js';
import { integrationHead } from './head.js';
import type { Lane } from './lane.js';
import { mergeTarget, type TargetMerge } from './target.js';
import { shownNames } from '../text/index.js';

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
  const checkout = await forward(site, branch, target, head);
  await site.store.transaction((tx) => noteLandedInto(tx, site.run.id, branch, head));
  const landedNow = { branch, commit: head, wasThere: false };
  return checkout === undefined ? landedNow : { ...landedNow, moved: { checkout, from: target } };
}

/** @returns The checkout that was moved along. */
async function forward(
  site: Site,
  branch: string,
  from: CommitId,
  to: CommitId,
): Promise<string | undefined> {
  const holds = (each: Worktree): boolean => each.branch === branch && !each.isMissing && !each.isBare;
  const [checkout, other] = (await site.repository.worktrees()).filter(holds);
  if (checkout === undefined) {
    const holder = await site.repository.holderOf(branch);
    if (holder !== undefined) {
      throw refusal(
        'LAND_HELD',
        site,
        branch,
        `${branch} ${holder.why} in ${holder.path}: moved under it, that could not end.`,
      );
    }
    if (await site.repository.updateRef(`refs/heads/${branch}`, to, from)) return undefined;
    throw movedMeanwhile(site, branch);
  }
  if (other !== undefined) {
    const where = `${checkout.path} and ${other.path}`;
    throw refusal(
      'LAND_DIRTY',
      site,
      branch,
      `${branch} is checked out twice, in ${where}: one of them would be left behind.`,
    );
  }
  await forwardCheckout(site, branch, checkout.path, { from, to });
  return checkout.path;
}

async function forwardCheckout(
  site: Site,
  branch: string,
  checkout: string,
  { from, to }: { from: CommitId; to: CommitId },
): Promise<void> {
  const changed = (await site.repository.changedPaths(from, to)).map((each) => each.path);
  const { tracked, untracked, nested } = await site.repository.status(checkout);
  const dirty = [...tracked.map((each) => each.path), ...untracked, ...nested];
  const blocking = dirty.filter((path) =>
    changed.some((each) => isSameOrInside(each, path) || isSameOrInside(path, each)),
  );
  if (blocking.length > 0) {
    // What another run has just landed there looks like changes until its branch has moved.
    if ((await site.repository.resolve(`refs/heads/${branch}`)) !== from) throw movedMeanwhile(site, branch);
    throw inTheWay(site, branch, checkout, shownNames(blocking));
  }
  try {
    const result = await site.repository.fastForward(checkout, to);
    if (!result.moved) throw inTheWay(site, branch, checkout, shownNames(result.inTheWay));
  } catch (error) {
    if (error instanceof CallsheetError && error.code === 'NOT_FAST_FORWARD')
      throw movedMeanwhile(site, branch);
    // Ignored files are in no status; git refuses to write over them.
    const half = await leftChanged(site, checkout, changed);
    if (half.length > 0) throw halfDone(site, branch, checkout, half, error);
    if (!(error instanceof CallsheetError) || error.code !== 'GIT_FAILED') throw error;
    if ((await site.repository.headOf(checkout)) === to) throw error;
    throw inTheWay(site, branch, checkout, error.message);
  }
}

/** Files that were clean before and are not now: they were being written, and could not be put back. */
async function leftChanged({ repository }: Site, checkout: string, changed: string[]): Promise<string[]> {
  const { tracked, untracked } = await repository.status(checkout);
  const now = new Set([...tracked.map((each) => each.path), ...untracked]);
  return changed.filter((path) => now.has(path));
}

function halfDone(
  site: Site,
  branch: string,
  checkout: string,
  paths: string[],
  cause: unknown,
): CallsheetError {
  const some = shownNames(paths, 5);
  return new CallsheetError(
    'LAND_HALF_DONE',
    `${branch} was not moved, but files of its checkout ${checkout} were written already and could not be put back: ${some}. ${messageOf(cause)}`,
    {
      exit: 'failed',
      cause,
      hint: `Mend that, put them back (git -C '${checkout}' status shows them; none had changes of yours), then: callsheet land ${site.run.id} --into ${branch}`,
    },
  );
}

function isSameOrInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
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

function movedMeanwhile(site: Site, branch: string): CallsheetError {
  return refusal('LAND_MOVED', site, branch, `${branch} moved while it was landed into.`);
}

function inTheWay(site: Site, branch: string, checkout: string, what: string): CallsheetError {
  return refusal(
    'LAND_DIRTY',
    site,
    branch,
    `${branch} is checked out in ${checkout}, where uncommitted changes are in the way: ${what}.`,
  );
}

type Refusal =
  | 'LAND_REWRITTEN'
  | 'LAND_CONFLICT'
  | 'LAND_RED'
  | 'LAND_DIRTY'
  | 'LAND_MOVED'
  | 'LAND_UNRELATED'
  | 'LAND_HELD';

/** What to do next: the same again once something is out of the way, or the merge by hand. */
function hintFor(run: Site['run'], code: Refusal, again: string, byHand: string): string {
  switch (code) {
    case 'LAND_CONFLICT':
      return `Merge them by hand: ${byHand}`;
    case 'LAND_REWRITTEN':
      return `When they may come back, merge by hand: ${byHand}. To have the work alone, pick its commits: git log --first-parent ${integrationBranch(run.id)}`;
    case 'LAND_RED':
      return `Merge and mend it by hand, where no gate is run: ${byHand}`;
    case 'LAND_UNRELATED':
      return 'Choose a branch that the run can have come from: --into BRANCH';
    case 'LAND_DIRTY':
      return `Commit or stash what is in the way, then again: ${again}. By hand: ${byHand}`;
    case 'LAND_HELD':
      return `End that first, then again: ${again}. By hand: ${byHand}`;
    case 'LAND_MOVED':
      return `Try again: ${again}. By hand: ${byHand}`;
  }
}

function refusal(code: Refusal, { run }: Site, branch: string, message: string): CallsheetError {
  const again = `callsheet land ${run.id} --into ${branch}`;
  const byHand = `git switch ${branch} && git merge ${integrationBranch(run.id)}`;
  return new CallsheetError(code, `${message} Nothing was moved.`, {
    hint: hintFor(run, code, again, byHand),
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
