import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
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
  await mkdir(runFolder(site), { recursive: true });
  await site.repository.addWorktree({ path, branch, commit });
  return workspace;
}

/** The warm workspace in which gates run, detached at a commit. */
export async function openGateWorkspace(site: Site, lane: number, commit: CommitId): Promise<Workspace> {
  const path = join(runFolder(site), `gate-${lane}`);
  const known = (await site.repository.worktrees()).some((each) => each.path === path && !each.isMissing);
  if (!known && existsSync(path)) await site.repository.removeWorktree(path);
  // A warm one is prepared already: registering it anew would run `setup` for every gate.
  const warm = known ? await findWorkspace(site.store, path) : undefined;
  const workspace =
    warm ??
    (await site.store.transaction((tx) => registerWorkspace(tx, { path, runId: site.run.id, kind: 'gate' })));
  if (known) {
    await site.repository.resetTo(path, commit);
  } else {
    await mkdir(runFolder(site), { recursive: true });
    await site.repository.addWorktree({ path, commit });
  }
  return workspace;
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
