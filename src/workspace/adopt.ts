import { existsSync } from 'node:fs';
import { appendEvent } from '../event/index.js';
import { attemptBranch } from '../run/index.js';
import { findSnapshots, recordSnapshot } from '../snapshot/index.js';
import { isTaskId, type Claim } from '../task/index.js';
import { defined } from '../store/index.js';
import { attemptFolder } from './open.js';
import { removeGateWorkspace, saveAndRemove } from './remove.js';
import { keepCommit } from './save.js';
import { runFolder, type Site } from './site.js';
import { forgetWorkspace, workspacesOfRun } from './workspace.js';

const REASON = 'left by an earlier engine';

/**
 * Brings what git has of a run and the sheet does not know under the sheet's eyes: snapshots, whose record a kill or a
 * power cut has taken, are recorded; workspaces and branches of attempts that are forgotten become snapshots. Locks that
 * killed gits have left of its refs are removed.
 */
export async function adoptForgotten(site: Site): Promise<void> {
  await forgetGone(site);
  await adoptSnapshots(site);
  await clearWorkspaces(site);
  await clearBranches(site);
  for (const prefix of [`refs/heads/callsheet/${site.run.id}/`, 'refs/callsheet/'])
    await site.repository.removeLeftLocks(prefix);
}

/** A power cut can bring back the record of a workspace that had been saved and removed: git does not list it any more. */
async function forgetGone({ store, repository, run }: Site): Promise<void> {
  const listed = new Set((await repository.worktrees()).map(({ path }) => path));
  for (const { path, taskId, attempt } of await workspacesOfRun(store, run.id)) {
    if (listed.has(path) || existsSync(path)) continue;
    await store.transaction(async (tx) => {
      await forgetWorkspace(tx, path);
      await appendEvent(tx, {
        type: 'workspace.removed',
        runId: run.id,
        ...defined({ taskId, attempt }),
        data: { path, reason: 'it was gone' },
      });
    });
  }
}

async function adoptSnapshots(site: Site): Promise<void> {
  const { store, repository, run } = site;
  const known = new Set((await findSnapshots(store)).map((each) => each.ref));
  const prefix = `refs/callsheet/snapshots/${run.id}/`;
  for (const [ref, commit] of await repository.refs(prefix)) {
    if (known.has(ref)) continue;
    const claim = claimOf(/^(.+)\.(\d+)\.\d+$/.exec(ref.slice(prefix.length)));
    const workspace = claim === undefined ? runFolder(site) : attemptFolder(site, claim);
    await store.transaction((tx) =>
      recordSnapshot(tx, { ref, commit, workspace, runId: run.id, ...claim, reason: REASON, leftOut: [] }),
    );
  }
}

async function clearWorkspaces(site: Site): Promise<void> {
  const folder = `${runFolder(site)}/`;
  const known = new Set((await workspacesOfRun(site.store, site.run.id)).map((each) => each.path));
  for (const { path } of await site.repository.worktrees()) {
    if (known.has(path) || !path.startsWith(folder)) continue;
    const name = path.slice(folder.length);
    const place = { path, runId: site.run.id, slot: -1 };
    if (/^gate-\d+$/.test(name)) await removeGateWorkspace(site, { ...place, kind: 'gate' });
    else
      await saveAndRemove(
        site,
        { ...place, kind: 'worker', ...defined({ ...claimOf(/^(.+)-(\d+)$/.exec(name)) }) },
        REASON,
      );
  }
}

async function clearBranches(site: Site): Promise<void> {
  const { store, repository, run } = site;
  const known = new Set(
    (await workspacesOfRun(store, run.id)).flatMap(({ taskId, attempt }) =>
      taskId === undefined || attempt === undefined ? [] : [attemptBranch(run.id, taskId, attempt)],
    ),
  );
  const prefix = `refs/heads/callsheet/${run.id}/`;
  for (const [ref, commit] of await repository.refs(prefix)) {
    const claim = claimOf(/^(.+)\.(\d+)$/.exec(ref.slice(prefix.length)));
    if (claim === undefined || known.has(ref.slice('refs/heads/'.length))) continue;
    if ((await repository.holderOf(ref.slice('refs/heads/'.length))) !== undefined) continue;
    const request = { path: attemptFolder(site, claim), runId: run.id, ...claim };
    await keepCommit(site, { ...request, reason: `its commits: ${REASON}` }, commit);
    await repository.deleteRef(ref, commit);
  }
}

function claimOf(match: RegExpExecArray | null): Claim | undefined {
  const [, taskId = '', attempt] = match ?? [];
  return isTaskId(taskId) ? { taskId, attempt: Number(attempt) } : undefined;
}
