import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CallsheetError } from '../error/index.js';
import { makeFolders } from '../file/index.js';
import type { CommitId } from '../git/index.js';
import { attemptBranch } from '../run/index.js';
import type { Claim } from '../task/index.js';
import { saveAndRemove } from './remove.js';
import { runFolder, type Site } from './site.js';
import { findWorkspace, registerWorkspace, workspacesOfTask, type Workspace } from './workspace.js';

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
  await clearLeftover(site, path, branch);
  const workspace = await site.store.transaction((tx) =>
    registerWorkspace(tx, {
      path,
      runId: site.run.id,
      kind: 'worker',
      taskId: claim.taskId,
      attempt: claim.attempt,
    }),
  );
  makeFolders(runFolder(site));
  await site.repository.addWorktree({ path, branch, commit });
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
  makeFolders(runFolder(site));
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
    if (error instanceof CallsheetError && ['NOT_A_WORKSPACE', 'GIT_FAILED'].includes(error.code))
      return undefined;
    throw error;
  }
}

function registerGate(site: Site, path: string): Promise<Workspace> {
  return site.store.transaction((tx) => registerWorkspace(tx, { path, runId: site.run.id, kind: 'gate' }));
}

// Nothing in a gate's workspace is anybody's work; but what git does not know to be one of ours is only moved aside.
async function clearGateFolder(site: Site, path: string): Promise<void> {
  try {
    await site.repository.removeWorktree(path);
  } catch (error) {
    if (!(error instanceof CallsheetError) || error.code !== 'NOT_A_WORKTREE') throw error;
    await rename(path, `${path}.left-${randomUUID().slice(0, 8)}`);
  }
}

// After a power cut the sheet may have forgotten an attempt that git still has: its work is kept under a
// snapshot ref before the number is used again.
async function clearLeftover(site: Site, path: string, branch: string): Promise<void> {
  const forgotten = { path, runId: site.run.id, kind: 'worker' as const, slot: -1 };
  if (existsSync(path)) await saveAndRemove(site, forgotten, 'left by an earlier engine');
  const left = await site.repository.resolve(`refs/heads/${branch}`);
  if (left === undefined) return;
  await site.repository.updateRef(`refs/callsheet/forgotten/${site.run.id}/${left}`, left, undefined);
  await site.repository.deleteRef(`refs/heads/${branch}`, left);
}
