import { randomUUID } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { CallsheetError } from '../error/index.js';
import type { CommitId } from '../git/index.js';
import { attemptBranch } from '../run/index.js';
import { defined } from '../store/index.js';
import type { Claim } from '../task/index.js';
import { makeFolderOfRun } from './made.js';
import { saveAndRemove } from './remove.js';
import { keepCommit } from './save.js';
import { processesOf, runFolder, type Site } from './site.js';
import { findWorkspace, registerWorkspace, workspacesOfTask, type Workspace } from './workspace.js';

const LEFT = 'left by an earlier engine';

export function attemptFolder(site: Site, claim: Claim): string {
  return join(runFolder(site), `${claim.taskId}-${claim.attempt}`);
}

/** A worktree on a new branch for one attempt. Earlier attempts' workspaces at the task are saved and removed. */
export async function openAttemptWorkspace(site: Site, claim: Claim, commit: CommitId): Promise<Workspace> {
  for (const earlier of await workspacesOfTask(site.store, claim.taskId)) {
    await saveAndRemove(site, earlier, `replaced by attempt ${claim.attempt}`);
  }
  const path = attemptFolder(site, claim);
  const branch = attemptBranch(site.run.id, claim.taskId, claim.attempt);
  await clearFolder(site, claim, path);
  const workspace = await site.store.transaction((tx) =>
    registerWorkspace(tx, {
      path,
      runId: site.run.id,
      kind: 'worker',
      taskId: claim.taskId,
      attempt: claim.attempt,
      ...ownerIn(site),
    }),
  );
  makeFolderOfRun(site, runFolder(site));
  try {
    await site.repository.addWorktree({ path, branch, commit });
  } catch (error) {
    if (!(error instanceof CallsheetError) || error.code !== 'BRANCH_EXISTS') throw error;
    await clearBranch(site, claim, path, branch);
    await site.repository.addWorktree({ path, branch, commit });
  }
  return workspace;
}

/**
 * The warm workspace in which gates run, detached at a commit. One that was damaged (its folder deleted, its `.git`
 * gone) is made anew.
 */
export async function openGateWorkspace(site: Site, lane: number, commit: CommitId): Promise<Workspace> {
  const path = join(runFolder(site), `gate-${lane}`);
  const warm = await warmGateWorkspace(site, path, commit);
  if (warm !== undefined) return warm;
  await clearGateFolder(site, path);
  // In the sheet first: what a kill leaves can be found then.
  const workspace = await registerGate(site, path);
  makeFolderOfRun(site, runFolder(site));
  await site.repository.addWorktree({ path, commit });
  return workspace;
}

/** The one that is there, put at a commit; undefined when it must be made anew. */
async function warmGateWorkspace(site: Site, path: string, commit: CommitId): Promise<Workspace | undefined> {
  const known = await findWorkspace(site.store, path);
  if (known === undefined) return undefined;
  try {
    const { untracked } = await site.repository.status(path);
    await site.repository.resetTo(path, commit);
    // The reset takes what is not ignored, and it may have been put there by the setup: that has to run again.
    return untracked.length === 0 ? known : await registerGate(site, path);
  } catch (error) {
    // A gate can do anything to it: delete its `.git`, die while its git holds the index.
    if (
      error instanceof CallsheetError &&
      ['NOT_A_WORKSPACE', 'GIT_FAILED', 'GIT_LOCKED'].includes(error.code)
    )
      return undefined;
    throw error;
  }
}

function registerGate(site: Site, path: string): Promise<Workspace> {
  return site.store.transaction((tx) =>
    registerWorkspace(tx, { path, runId: site.run.id, kind: 'gate', ...ownerIn(site) }),
  );
}

function ownerIn(site: Site): Pick<Workspace, 'owner'> {
  return defined({ owner: processesOf(site).self() });
}

// Nothing in a gate's workspace is anybody's work; but what git does not know to be one of ours is only moved aside.
async function clearGateFolder(site: Site, path: string): Promise<void> {
  if (!existsSync(path)) return;
  try {
    await site.repository.removeWorktree(path);
  } catch (error) {
    if (!(error instanceof CallsheetError) || error.code !== 'NOT_A_WORKTREE') throw error;
    renameSync(path, `${path}.left-${randomUUID().slice(0, 8)}`);
  }
}

// After a power cut the sheet may have forgotten an attempt that git still has: its work is kept before the number
// is used again.
async function clearFolder(site: Site, claim: Claim, path: string): Promise<void> {
  const forgotten = { path, runId: site.run.id, kind: 'worker' as const, slot: -1, ...claim };
  if (existsSync(path)) await saveAndRemove(site, forgotten, LEFT);
}

/** The branch of such an attempt becomes a snapshot ref; it is there rarely, so it is not looked for beforehand. */
async function clearBranch(site: Site, claim: Claim, path: string, branch: string): Promise<void> {
  const left = await site.repository.resolve(`refs/heads/${branch}`);
  if (left === undefined) return;
  await keepCommit(site, { path, runId: site.run.id, ...claim, reason: `its commits: ${LEFT}` }, left);
  await site.repository.deleteRef(`refs/heads/${branch}`, left);
}
