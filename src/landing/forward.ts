import { CallsheetError, messageOf } from '../error/index.js';
import type { CommitId, Repository, Worktree } from '../git/index.js';
import { shownNames } from '../text/index.js';

/** A branch that is moved forward, and what to type when it could not be. */
export interface Target {
  branch: string;
  /** The same command once more. */
  again: string;
  /** git commands that do without callsheet. */
  byHand: string;
}

export interface Step {
  from: CommitId;
  to: CommitId;
}

/**
 * Moves a branch forward by compare-and-swap. A checkout that has it checked out is moved along, unless uncommitted
 * changes are in the way.
 * @returns The checkout that was moved along.
 * @throws {CallsheetError} `LAND_DIRTY`, `LAND_MOVED`, `LAND_HELD`, `LAND_HALF_DONE`: the branch was not moved then.
 */
export async function forward(
  repository: Repository,
  target: Target,
  step: Step,
): Promise<string | undefined> {
  const checkout = await checkoutOf(repository, target);
  if (checkout !== undefined) {
    await forwardCheckout(repository, target, checkout, step);
    return checkout;
  }
  if (await repository.updateRef(refOf(target), step.to, step.from)) return undefined;
  throw movedMeanwhile(target);
}

/**
 * Looks whether a branch could be moved over these paths now, before anything is done for it.
 * @throws {CallsheetError} `LAND_DIRTY`, `LAND_MOVED`, `LAND_HELD`.
 */
export async function requireRoom(
  repository: Repository,
  target: Target,
  from: CommitId,
  paths: readonly string[],
): Promise<void> {
  const checkout = await checkoutOf(repository, target);
  if (checkout !== undefined) await requireClean(repository, target, checkout, from, paths);
}

/** The one checkout that has the branch; undefined when none has. */
async function checkoutOf(repository: Repository, target: Target): Promise<string | undefined> {
  const { branch } = target;
  const holds = (each: Worktree): boolean => each.branch === branch && !each.isMissing && !each.isBare;
  const [checkout, other] = (await repository.worktrees()).filter(holds);
  if (checkout === undefined) {
    const holder = await repository.holderOf(branch);
    if (holder === undefined) return undefined;
    throw new CallsheetError(
      'LAND_HELD',
      `${branch} ${holder.why} in ${holder.path}: moved under it, that could not end. Nothing was moved.`,
      { hint: `End that first, then again: ${target.again}. By hand: ${target.byHand}` },
    );
  }
  if (other === undefined) return checkout.path;
  throw dirty(
    target,
    `${branch} is checked out twice, in ${checkout.path} and ${other.path}: one of them would be left behind.`,
  );
}

async function forwardCheckout(
  repository: Repository,
  target: Target,
  checkout: string,
  { from, to }: Step,
): Promise<void> {
  const changed = (await repository.changedPaths(from, to)).map((each) => each.path);
  await requireClean(repository, target, checkout, from, changed);
  try {
    const result = await repository.fastForward(checkout, to);
    if (!result.moved) throw inTheWay(target, checkout, shownNames(result.inTheWay));
  } catch (error) {
    if (error instanceof CallsheetError && error.code === 'NOT_FAST_FORWARD') throw movedMeanwhile(target);
    // Ignored files are in no status; git refuses to write over them.
    const half = await leftChanged(repository, checkout, changed);
    if (half.length > 0) throw halfDone(target, checkout, half, error);
    if (!(error instanceof CallsheetError) || error.code !== 'GIT_FAILED') throw error;
    if ((await repository.headOf(checkout)) === to) throw error;
    throw inTheWay(target, checkout, error.message);
  }
}

async function requireClean(
  repository: Repository,
  target: Target,
  checkout: string,
  from: CommitId,
  paths: readonly string[],
): Promise<void> {
  const { tracked, untracked, nested } = await repository.status(checkout);
  const changes = [...tracked.map((each) => each.path), ...untracked, ...nested];
  const blocking = changes.filter((path) =>
    paths.some((each) => isSameOrInside(each, path) || isSameOrInside(path, each)),
  );
  if (blocking.length === 0) return;
  // What another has just landed there looks like changes until the branch has moved.
  if ((await repository.resolve(refOf(target))) !== from) throw movedMeanwhile(target);
  throw inTheWay(target, checkout, shownNames(blocking));
}

/** Files that were clean before and are not now: they were being written, and could not be put back. */
async function leftChanged(repository: Repository, checkout: string, changed: string[]): Promise<string[]> {
  const { tracked, untracked } = await repository.status(checkout);
  const now = new Set([...tracked.map((each) => each.path), ...untracked]);
  return changed.filter((path) => now.has(path));
}

function halfDone(target: Target, checkout: string, paths: string[], cause: unknown): CallsheetError {
  const some = shownNames(paths, 5);
  return new CallsheetError(
    'LAND_HALF_DONE',
    `${target.branch} was not moved, but files of its checkout ${checkout} were written already and could not be put back: ${some}. ${messageOf(cause)}`,
    {
      exit: 'failed',
      cause,
      hint: `Mend that, put them back (git -C '${checkout}' status shows them; none had changes of yours), then: ${target.again}`,
    },
  );
}

function isSameOrInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function movedMeanwhile({ branch, again, byHand }: Target): CallsheetError {
  return new CallsheetError('LAND_MOVED', `${branch} moved while it was landed into. Nothing was moved.`, {
    hint: `Try again: ${again}. By hand: ${byHand}`,
  });
}

function inTheWay(target: Target, checkout: string, what: string): CallsheetError {
  return dirty(
    target,
    `${target.branch} is checked out in ${checkout}, where uncommitted changes are in the way: ${what}.`,
  );
}

function dirty({ again, byHand }: Target, message: string): CallsheetError {
  return new CallsheetError('LAND_DIRTY', `${message} Nothing was moved.`, {
    hint: `Commit or stash what is in the way, then again: ${again}. By hand: ${byHand}`,
  });
}

function refOf({ branch }: Target): string {
  return `refs/heads/${branch}`;
}
