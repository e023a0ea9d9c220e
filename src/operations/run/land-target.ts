import { usageError } from '../../error/index.js';
import { isPlainName, openRepository, type CommitId, type Repository } from '../../git/index.js';
import { findRun } from '../../run/index.js';
import type { Reader } from '../../store/index.js';
import { shellWord } from '../../text/index.js';
import type { Context } from '../operation.js';

/** A session's branch and the one that it goes onto, as they are now. */
export interface Branches {
  branch: string;
  into: string;
  /** Where they are. */
  head: CommitId;
  onto: CommitId;
  /** Opened where `into` is checked out; without such a checkout, at the main one. */
  repository: Repository;
  isCheckedOut: boolean;
  /** What is uncommitted where the branch is checked out: it does not land. */
  uncommitted: string[];
}

/**
 * Finds both branches.
 * @param into Default: the branch that is checked out here; for a command given where the session's own is, that of
 * the main checkout.
 * @throws {CallsheetError} `BRANCH_UNKNOWN`, `BRANCH_NEEDED`, `BRANCH_SAME`, `BRANCH_OF_RUN` (usage).
 */
export async function branchesOf(context: Context, branch: string, into?: string): Promise<Branches> {
  const here = await context.repository();
  const { store } = context.sheet;
  const head = await requireBranch(here, store, branch);
  const checkouts = (await here.worktrees()).filter((each) => !each.isMissing);
  const own = await here.head();
  const usual = own.branch === branch ? checkouts[0]?.branch : own.branch;
  const target = into ?? usual;
  if (target === undefined) throw branchNeeded(own.branch === branch);
  if (target === branch) throw sameBranch(branch, into === undefined);
  const onto = await requireBranch(here, store, target);
  const checkout = checkouts.find((each) => each.branch === target && !each.isBare);
  const repository = await openRepository((checkout ?? checkouts[0])?.path ?? here.root);
  const ofBranch = checkouts.find((each) => each.branch === branch && !each.isBare);
  const uncommitted = ofBranch === undefined ? [] : await changesIn(here, ofBranch.path);
  return {
    ...{ branch, into: target, head, onto, repository, uncommitted },
    isCheckedOut: checkout !== undefined,
  };
}

async function requireBranch(repository: Repository, reader: Reader, name: string): Promise<CommitId> {
  if (!isPlainName(name)) throw unknown(`${JSON.stringify(name)} cannot name a branch.`);
  const [, run] = /^callsheet\/([^/]+)\//.exec(name) ?? [];
  if (run !== undefined && (await findRun(reader, run)) !== undefined) {
    throw usageError(
      'BRANCH_OF_RUN',
      `${name} is a branch of ${run}, whose engine looks after it. Nothing was moved.`,
      `To bring the run's work to a branch: callsheet land ${run} --into BRANCH`,
    );
  }
  const commit = await repository.resolve(`refs/heads/${name}`);
  if (commit !== undefined) return commit;
  if ((await repository.resolve(`refs/tags/${name}`)) !== undefined)
    throw unknown(
      `${name} is a tag, not a branch.`,
      `Make a branch of it: git branch NAME ${shellWord(name)}`,
    );
  throw unknown(`There is no branch ${name}, or it has no commit yet.`);
}

async function changesIn(repository: Repository, path: string): Promise<string[]> {
  const { tracked, untracked } = await repository.status(path);
  return [...tracked.map((each) => each.path), ...untracked];
}

function unknown(what: string, hint = 'See the branches: git branch'): Error {
  return usageError('BRANCH_UNKNOWN', `${what} Nothing was moved.`, hint);
}

function branchNeeded(isOwn: boolean): Error {
  const where = isOwn ? 'in the main checkout' : 'here';
  return usageError(
    'BRANCH_NEEDED',
    `No branch is checked out ${where}, so there is none to land into. Nothing was moved.`,
    'Name one: --into BRANCH',
  );
}

function sameBranch(branch: string, isUsual: boolean): Error {
  const why = isUsual ? 'It is what is checked out here.' : 'It was named twice.';
  return usageError(
    'BRANCH_SAME',
    `${branch} cannot land into itself. ${why} Nothing was moved.`,
    'Name the branch that it is to land into: --into BRANCH',
  );
}
