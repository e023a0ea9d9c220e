import { attemptBranch } from '../run/index.js';
import { recordSnapshot } from '../snapshot/index.js';
import { appendEvent } from '../event/index.js';
import { defined } from '../store/index.js';
import { saveWorkspace } from './save.js';
import type { Site } from './site.js';
import { forgetWorkspace, noteKept, type Workspace } from './workspace.js';

/**
 * Removes a workspace after a snapshot of what only it holds; its branch becomes a snapshot ref. When something
 * in it cannot be saved, it stays and says why.
 * @returns Whether it is gone.
 */
export async function saveAndRemove(site: Site, workspace: Workspace, reason: string): Promise<boolean> {
  const snapshot = await saveWorkspace(site, { ...workspace, reason, keep: site.run.options.keep });
  if (snapshot !== undefined && snapshot.leftOut.length > 0) {
    const names = snapshot.leftOut.map((each) => `${each.path} (${each.reason})`).join(', ');
    await site.store.transaction((tx) => noteKept(tx, workspace.path, `not in any snapshot: ${names}`));
    return false;
  }
  await site.repository.removeWorktree(workspace.path);
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

/** Removes a gate's workspace: nothing in it is anybody's work. */
export async function removeGateWorkspace(site: Site, workspace: Workspace): Promise<void> {
  await site.repository.removeWorktree(workspace.path);
  await site.store.transaction((tx) => forgetWorkspace(tx, workspace.path));
}

// The order matters: the snapshot ref exists before the branch is deleted, so the commits are never unreachable.
async function branchToSnapshot(site: Site, workspace: Workspace, reason: string): Promise<void> {
  const { taskId, attempt } = workspace;
  if (taskId === undefined || attempt === undefined) return;
  const branch = `refs/heads/${attemptBranch(site.run.id, taskId, attempt)}`;
  const head = await site.repository.resolve(branch);
  if (head === undefined) return;
  const ref = `refs/callsheet/snapshots/${site.run.id}/${taskId}.${attempt}`;
  const isNew = await site.repository.updateRef(ref, head, undefined);
  await site.repository.deleteRef(branch, head);
  if (!isNew) return;
  await site.store.transaction((tx) =>
    recordSnapshot(tx, { ref, commit: head, workspace: workspace.path, runId: site.run.id, taskId, attempt, reason: `its commits: ${reason}`, leftOut: [] }),
  );
}
