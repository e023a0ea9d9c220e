import { existsSync } from 'node:fs';
import { attemptBranch } from '../run/index.js';
import { appendEvent } from '../event/index.js';
import { CallsheetError, explainedDisk, isDiskFull, messageOf } from '../error/index.js';
import type { Snapshot } from '../snapshot/index.js';
import { defined } from '../store/index.js';
import { mendWorkspace } from './mend.js';
import { keepAbandoned, keepCommit, saveWorkspace } from './save.js';
import type { Site } from './site.js';
import { dropUnderTest } from './under-test.js';
import { findWorkspace, forgetWorkspace, noteKept, type Workspace } from './workspace.js';

/**
 * Saves what only this workspace holds; what cannot be saved is named in the sheet (`kept`), and the workspace must
 * stay then. A workspace that an agent has spoilt is no error: the run goes on without it.
 * @returns The snapshot, when one was needed; and whether all of it is safe.
 */
export async function saveAll(
  site: Site,
  workspace: Pick<Workspace, 'path' | 'taskId' | 'attempt'>,
  reason: string,
): Promise<{ snapshot?: Snapshot; isSafe: boolean }> {
  const { path, taskId, attempt } = workspace;
  const unsafe = async (why: string): Promise<{ isSafe: false }> => {
    await keepInPlace(site, workspace, why);
    return { isSafe: false };
  };
  if (await site.repository.isHalfMade(path)) return { isSafe: true };
  if ((await mendWorkspace(site, path)) === 'broken')
    return unsafe('its .git was replaced, so that git cannot save what is in it');
  const request = {
    path,
    reason,
    runId: site.run.id,
    keep: site.run.options.keep,
    ...defined({ taskId, attempt }),
  };
  try {
    if (existsSync(path)) await site.repository.releaseIndex(path);
    const snapshot = await saveWorkspace(site, request);
    await keepAbandoned(site, request);
    if (snapshot === undefined) return { isSafe: true };
    if (snapshot.leftOut.length === 0) return { snapshot, isSafe: true };
    const names = snapshot.leftOut.map((each) => `${each.path} (${each.reason})`).join(', ');
    return { snapshot, ...(await unsafe(`not in any snapshot: ${names}`)) };
  } catch (error) {
    if (!(error instanceof CallsheetError) || !isOfOneWorkspace(error)) throw error;
    return unsafe(`it could not be saved: ${error.message}`);
  }
}

// Without git itself, or with a full disk, nothing goes on; all else that git says is about this one folder.
function isOfOneWorkspace({ code }: CallsheetError): boolean {
  return ['GIT_FAILED', 'GIT_LOCKED', 'NOT_A_WORKSPACE', 'GIT_OUTPUT_TOO_LARGE'].includes(code);
}

/**
 * Removes a workspace after a snapshot of what only it holds; its branch becomes a snapshot ref. When something
 * in it cannot be saved, it stays and says why.
 * @returns Whether it is gone.
 */
export async function saveAndRemove(site: Site, workspace: Workspace, reason: string): Promise<boolean> {
  const underWay = removals.get(site) ?? new Map<string, Promise<boolean>>();
  removals.set(site, underWay);
  const known = underWay.get(workspace.path);
  if (known !== undefined) return known;
  const removal = saveAndRemoveOnce(site, workspace, reason).finally(() => underWay.delete(workspace.path));
  underWay.set(workspace.path, removal);
  return removal;
}

// Several parts of an engine may find at once that a workspace is of no use any more. One that mends or saves what
// another is just deleting would keep it: whoever comes second waits for the first.
const removals = new WeakMap<Site, Map<string, Promise<boolean>>>();

async function saveAndRemoveOnce(site: Site, workspace: Workspace, reason: string): Promise<boolean> {
  const isKnown = (await findWorkspace(site.store, workspace.path)) !== undefined;
  // It was removed before; but a git that was killed while it did so may have left the registration.
  if (!isKnown && !existsSync(workspace.path)) return isRemoved(site, workspace);
  const { isSafe } = await saveAll(site, workspace, reason);
  if (!isSafe) return false;
  if (!(await isRemoved(site, workspace))) return false;
  await branchToSnapshot(site, workspace, reason);
  await site.store.transaction(async (tx) => {
    await forgetWorkspace(tx, workspace.path);
    await appendEvent(tx, {
      type: 'workspace.removed',
      runId: site.run.id,
      ...defined({ taskId: workspace.taskId, attempt: workspace.attempt }),
      data: { path: workspace.path, reason },
    });
  });
  return true;
}

// A folder that cannot be deleted (another user's files in it) is in nobody's way.
async function isRemoved(site: Site, workspace: Workspace): Promise<boolean> {
  try {
    await site.repository.removeWorktree(workspace.path);
    return true;
  } catch (error) {
    // That is not about this folder, and it goes by: when there is room again, it is removed.
    if (!(error instanceof Error) || isDiskFull(explainedDisk(error))) throw error;
    await keepInPlace(site, workspace, `it could not be deleted: ${messageOf(error)}`);
    return false;
  }
}

async function keepInPlace(
  site: Site,
  workspace: Pick<Workspace, 'path' | 'taskId' | 'attempt'>,
  why: string,
): Promise<void> {
  const { path, taskId, attempt } = workspace;
  await site.store.transaction(async (tx) => {
    await noteKept(tx, path, why);
    await appendEvent(tx, {
      type: 'workspace.kept',
      runId: site.run.id,
      ...defined({ taskId, attempt }),
      data: { path, why },
    });
  });
}

/** Removes a gate's workspace: nothing in it is anybody's work. */
export async function removeGateWorkspace(
  site: Pick<Site, 'repository' | 'store'>,
  workspace: Workspace,
): Promise<void> {
  await site.repository.removeWorktree(workspace.path);
  await dropUnderTest(site, workspace.runId);
  await site.store.transaction((tx) => forgetWorkspace(tx, workspace.path));
}

// The order matters: the snapshot ref exists before the branch is deleted, so the commits are never unreachable.
async function branchToSnapshot(site: Site, workspace: Workspace, reason: string): Promise<void> {
  const { path, taskId, attempt } = workspace;
  if (taskId === undefined || attempt === undefined) return;
  const branch = `refs/heads/${attemptBranch(site.run.id, taskId, attempt)}`;
  const head = await site.repository.resolve(branch);
  if (head === undefined) return;
  await keepCommit(
    site,
    { path, runId: site.run.id, taskId, attempt, reason: `its commits: ${reason}` },
    head,
  );
  await site.repository.deleteRef(branch, head);
}
