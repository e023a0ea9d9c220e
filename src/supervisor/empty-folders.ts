import { dirname } from 'node:path';
import { removeFolderOfRun, runFolder, scratchFolder, type MadePlace } from '../workspace/index.js';

/**
 * Removes the folders that were made for a run and hold nothing: a look beside the checkout shows only what is there
 * for a reason.
 */
export function removeEmptyFolders(site: MadePlace): void {
  const scratch = scratchFolder(site);
  for (const folder of [scratch, dirname(scratch), runFolder(site), site.run.options.workspaces])
    removeFolderOfRun(site.sheetFolder, folder);
}
