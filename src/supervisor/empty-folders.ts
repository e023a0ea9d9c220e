import { rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../error/index.js';
import { runFolder, scratchFolder, type RunPlace } from '../workspace/index.js';

/** Removes the folders of a run that hold nothing: a look beside the checkout shows only what is there for a reason. */
export function removeEmptyFolders(site: RunPlace): void {
  const scratch = scratchFolder(site);
  for (const folder of [scratch, dirname(scratch), runFolder(site), site.run.options.workspaces])
    removeEmpty(folder);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error;
  }
}
