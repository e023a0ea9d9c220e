import { rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../error/index.js';
import { runFolder, scratchFolder, type RunPlace } from '../workspace/index.js';

// Gone already, in use, a disk of its own that is mounted there, or a folder that others have closed to us.
const IN_NOBODYS_WAY = ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY', 'EACCES', 'EPERM', 'EROFS'];

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
    if (!IN_NOBODYS_WAY.includes(errorCode(error) ?? '')) throw error;
  }
}
