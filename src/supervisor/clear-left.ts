import { leftWorkspaces, placeOfLeft, removeLeft, type Site, type Workspace } from '../workspace/index.js';
import { removeEmptyFolders } from './empty-folders.js';

export interface Cleared {
  workspace: Workspace;
  /** Why it is still there. */
  reason?: string;
}

/** Removes what was left by processes that were killed before their run was in the sheet; nobody's work is in it. */
export async function clearLeft(site: Pick<Site, 'repository' | 'store'>): Promise<Cleared[]> {
  const cleared: Cleared[] = [];
  for (const workspace of await leftWorkspaces(site.store)) {
    const reason = await removeLeft(site, workspace);
    if (reason === undefined) await removeEmptyFolders(placeOfLeft(workspace));
    cleared.push({ workspace, ...(reason === undefined ? {} : { reason }) });
  }
  return cleared;
}
