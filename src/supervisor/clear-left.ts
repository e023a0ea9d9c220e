import { leftWorkspaces, placeOfLeft, removeLeft, type Site, type Workspace } from '../workspace/index.js';
import { removeEmptyFolders } from './empty-folders.js';

export interface Cleared {
  workspace: Workspace;
  /** Why it is still there. */
  reason?: string;
}

/** Removes what was left by processes that were killed before their run was in the sheet; nobody's work is in it. */
export async function clearLeft(
  site: Pick<Site, 'repository' | 'store' | 'processes' | 'sheetFolder'>,
): Promise<Cleared[]> {
  const cleared: Cleared[] = [];
  for (const workspace of await leftWorkspaces(site.store, site.processes)) {
    const reason = await removeLeft(site, workspace);
    if (reason === undefined)
      removeEmptyFolders({ ...placeOfLeft(workspace), sheetFolder: site.sheetFolder });
    cleared.push({ workspace, ...(reason === undefined ? {} : { reason }) });
  }
  return cleared;
}
