import { findAgent } from '../../agent/index.js';
import { assert, CallsheetError } from '../../error/index.js';
import {
  endSession,
  enqueueSession,
  GateAborted,
  landSession,
  openLane,
  recordLandedBefore,
  type Landing,
  type SessionWork,
} from '../../landing/index.js';
import { cleanEnvironment, identityOf } from '../../process/index.js';
import type { RunOptions } from '../../run/index.js';
import { defined } from '../../store/index.js';
import { readyAfter } from '../../task/index.js';
import { shownNames } from '../../text/index.js';
import type { Site } from '../../workspace/index.js';
import type { Context } from '../operation.js';
import { agreeOnce } from './consent.js';
import { agreeToGitPrograms } from './git-programs.js';
import { noteLandedFiles } from './note-landed.js';
import { branchesOf, type Branches } from './land-target.js';
import {
  keepClaim,
  linkTask,
  noteWork,
  requireNotLanded,
  type GivenTask,
  type LinkedTask,
} from './land-task.js';
import { awaitTurn, endLeftSessions } from './turn.js';

export interface BranchWishes extends Omit<GivenTask, 'task'> {
  branch: string;
  into?: string;
  task?: string;
  yes: boolean;
}

/** What a session's branch came to. */
export interface LandedBranch {
  branch: string;
  into: string;
  /** The newest commit of the branch. */
  head: string;
  /** Where the other branch is with it. */
  commit: string;
  /** It had everything already. */
  wasThere: boolean;
  landing?: string;
  /** What the landing changed. */
  paths: string[];
  /** The evidence of the gate. */
  gate?: string;
  task?: string;
  /** What waits for the task and can begin now. */
  ready: string[];
  /** What is not committed where the branch is checked out, and so has not landed. */
  uncommitted: string[];
}

/** One landing: both branches, and whose work it is. */
interface Landable {
  context: Context;
  branches: Branches;
  work: SessionWork;
  linked: LinkedTask | undefined;
}

/**
 * Takes the branch of a live session through the landing queue onto another branch.
 * @throws {CallsheetError} `NOT_ALLOWED`, `BRANCH_UNKNOWN`, `BRANCH_SAME`, `CONSENT_NEEDED`, `INTERRUPTED`, and those of a landing.
 */
export async function landBranch(context: Context, wishes: BranchWishes): Promise<LandedBranch> {
  await requireNoRun(context);
  const branches = await branchesOf(context, wishes.branch, wishes.into);
  await agreeToGitPrograms(context, wishes.yes);
  await endLeftSessions(context, branches.repository);
  const { task } = wishes;
  const linked = task === undefined ? undefined : await linkTask(context, { ...wishes, task });
  const landable = { context, branches, work: await workOf(context, branches, linked), linked };
  const { branch, into, head, onto, uncommitted } = branches;
  if (uncommitted.length > 0)
    context.say(`note: not committed on ${branch}, so it does not land: ${shownNames(uncommitted, 5)}`);
  // An earlier landing, or git by hand, has brought it there: nothing is left to merge.
  const isThere = await branches.repository.isAncestor(head, onto);
  const landing = isThere ? await landedBefore(landable) : await landNow(landable, wishes.yes);
  return defined({
    ...{ branch, into, head, commit: landing?.commit ?? onto, wasThere: isThere, uncommitted },
    paths: isThere ? [] : (landing?.paths ?? []),
    ready: linked === undefined ? [] : await readyAfter(context.sheet.store, linked.task.id),
    landing: landing?.id,
    gate: landing?.evidenceId,
    task: linked?.task.id,
  });
}

/** The work of an agent of a run is landed by its engine. */
async function requireNoRun({ actor, sheet }: Context): Promise<void> {
  const agent = actor.agentId === undefined ? undefined : await findAgent(sheet.store, actor.agentId);
  if (agent?.runId === undefined) return;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${agent.name} works on ${agent.runId}, whose engine lands what its agents do. Nothing was moved.`,
    { hint: 'End your turn; the work is landed then. To bring in what has landed: callsheet sync' },
  );
}

async function workOf(
  context: Context,
  { repository, branch, into, head, onto }: Branches,
  linked: LinkedTask | undefined,
): Promise<SessionWork> {
  const owner = identityOf(process.pid);
  assert(owner !== undefined, 'this process can tell when it started');
  const base = await repository.mergeBase(onto, head);
  const changed = base === undefined ? [] : await repository.changedPaths(base, head);
  return {
    ...linked?.claim,
    headCommit: head,
    // Without a base the queue finds that there is nothing to merge it from.
    baseCommit: base ?? onto,
    paths: changed.map(({ path }) => path),
    session: { branch, into, agentId: await context.agentId(), owner },
  };
}

/** For a task, what is there must be shown by git to be its work; a branch that has gone nowhere is no work. */
async function landedBefore({ context, branches, work, linked }: Landable): Promise<Landing | undefined> {
  if (linked?.task.landedAs !== undefined || linked === undefined) return undefined;
  const { repository, branch, into, onto } = branches;
  const landing = await recordLandedBefore(
    context.sheet.store,
    repository,
    { ...work, ...linked.claim },
    onto,
  );
  if (landing !== undefined) return landing;
  const { id, state } = linked.task;
  throw new CallsheetError(
    'LAND_NOTHING',
    `${into} has all of ${branch} already, and no landing of ${id} is in it: there is nothing to land for it. Nothing was moved.`,
    {
      hint:
        state === 'done'
          ? 'There is nothing left to do.'
          : `Commit the work to the branch first; or, when it is done without: callsheet task complete ${id}`,
    },
  );
}

async function landNow(landable: Landable, yes: boolean): Promise<Landing> {
  const { context, branches, linked } = landable;
  if (linked !== undefined) requireNotLanded(linked);
  const { clearLeft, sessionOptions } = await import('../../supervisor/index.js');
  const { store, folder } = context.sheet;
  const { repository, onto, isCheckedOut, branch, into } = branches;
  const { options, asks } = await sessionOptions({ repository, head: onto, isCheckedOut });
  await agreeOnce(context, asks, yes);
  await clearLeft({ repository, store, sheetFolder: folder });
  const where = isCheckedOut ? `, which is checked out in ${repository.root}` : '';
  context.say(`Landing ${branch} into ${into}${where}.`);
  const queued = await enqueue(landable);
  const release = linked === undefined ? (): void => undefined : keepClaim(store, linked);
  try {
    await awaitTurn(context, repository, queued, (before) =>
      context.say(`Waiting for ${before.session?.branch ?? before.id}, which is landing into ${into}.`),
    );
    const landing = await landIn(siteOf(landable, queued, options), context, queued);
    await noteLandedHere(landable, landing);
    return landing;
  } catch (error) {
    await endSession(store, repository, queued, 'its landing was given up');
    throw error instanceof GateAborted ? interrupted(branch) : error;
  } finally {
    release();
  }
}

async function noteLandedHere({ context, branches }: Landable, landing: Landing): Promise<void> {
  const { expectedOld: from, commit: to } = landing;
  const { repository, isCheckedOut } = branches;
  if (!isCheckedOut || from === undefined || to === undefined) return;
  await noteLandedFiles(context, { repository, checkout: repository.root, from, to }, [landing]);
}

async function enqueue({ context, work, linked }: Landable): Promise<Landing> {
  const { store } = context.sheet;
  const landing = await store.transaction(async (tx) => {
    if (linked !== undefined) await noteWork(tx, context, linked, { ...work, branch: work.session.branch });
    return enqueueSession(tx, work);
  });
  return landing;
}

/** Only how the merge is tested: the sheet holds no run of this name. */
function siteOf({ context, branches }: Landable, { id, queuedAt }: Landing, options: RunOptions): Site {
  const { repository, into, onto } = branches;
  const { store, folder } = context.sheet;
  return {
    ...{ store, repository, into, sheetFolder: folder },
    run: {
      ...{ id, options, state: 'running', baseBranch: into, baseCommit: onto, baseGate: 'none' },
      ...{ epoch: 0, createdAt: queuedAt },
    },
    env: cleanEnvironment(context.env, { repositoryRoot: repository.root }),
  };
}

async function landIn(site: Site, { signal }: Context, landing: Landing): Promise<Landing> {
  const { endChildrenAtExit, markAsEngine, removeEmptyFolders } = await import('../../supervisor/index.js');
  if (signal.aborted) throw new GateAborted();
  markAsEngine(site);
  const keepChildren = endChildrenAtExit(site);
  const lane = openLane(site);
  try {
    return await landSession(site, lane, landing, signal);
  } finally {
    await lane.close();
    removeEmptyFolders(site);
    keepChildren();
  }
}

function interrupted(branch: string): CallsheetError {
  return new CallsheetError('INTERRUPTED', `Interrupted. ${branch} did not land; nothing was moved.`, {
    exit: 'interrupted',
  });
}
