import { cleanEnvironment } from '../../process/index.js';
import type { Run } from '../../run/index.js';
import { defined } from '../../store/index.js';
import type { Cleared } from '../../supervisor/index.js';
import {
  findWorkspace,
  leftWorkspaces,
  removeGateWorkspace,
  saveAndRemove,
  workspacesOfRun,
  type Site,
  type Workspace,
} from '../../workspace/index.js';
import type { Context } from '../operation.js';
import { reasonToKeep } from './reason-to-keep.js';

interface Place {
  path: string;
  run: string;
  task?: string;
}

export interface Cleaned {
  removed: Place[];
  kept: (Place & { reason: string })[];
}

/** Removes what a run has left, each workspace after a snapshot; `why` names a reason to keep all of it. */
export async function cleanRun(
  context: Context,
  run: Run,
  options: { dryRun: boolean; why?: string },
): Promise<Cleaned> {
  const cleaned: Cleaned = { removed: [], kept: [] };
  const site = await siteOf(context, run);
  for (const workspace of await workspacesOfRun(context.sheet.store, run.id)) {
    const place: Place = { path: workspace.path, run: run.id, ...defined({ task: workspace.taskId }) };
    const reason = options.why ?? (await reasonToKeep(context.sheet.store, workspace));
    const failed = reason ?? (options.dryRun ? undefined : await remove(site, workspace));
    if (failed === undefined) cleaned.removed.push(place);
    else cleaned.kept.push({ ...place, reason: failed });
  }
  if (options.dryRun) return cleaned;
  // Loaded only here: every command would pay for the engine at its start.
  const { removeEmptyFolders } = await import('../../supervisor/index.js');
  removeEmptyFolders(site);
  return cleaned;
}

/** Removes what runs have left that were killed before they were in the sheet. */
export async function cleanLeft(context: Context, options: { dryRun: boolean }): Promise<Cleaned> {
  const { store, folder } = context.sheet;
  const cleaned: Cleaned = { removed: [], kept: [] };
  const left = await leftWorkspaces(store);
  if (left.length === 0) return cleaned;
  const { clearLeft } = await import('../../supervisor/index.js');
  const cleared = options.dryRun
    ? left.map((workspace): Cleared => ({ workspace }))
    : await clearLeft({ store, sheetFolder: folder, repository: await context.repository() });
  for (const { workspace, reason } of cleared) {
    const place: Place = { path: workspace.path, run: workspace.runId };
    if (reason === undefined) cleaned.removed.push(place);
    else cleaned.kept.push({ ...place, reason });
  }
  return cleaned;
}

/** Undefined when it is gone, else why it is not. */
async function remove(site: Site, workspace: Workspace): Promise<string | undefined> {
  if (workspace.kind === 'gate') {
    await removeGateWorkspace(site, workspace);
    return undefined;
  }
  if (await saveAndRemove(site, workspace, 'cleaned')) return undefined;
  const kept = await findWorkspace(site.store, workspace.path);
  return kept?.kept ?? 'it holds something that no snapshot can keep';
}

async function siteOf(context: Context, run: Run): Promise<Site> {
  const { store, folder } = context.sheet;
  const repository = await context.repository();
  const env = cleanEnvironment(context.env, { repositoryRoot: repository.root });
  return { store, repository, run, sheetFolder: folder, env };
}
