import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';

/**
 * Removes a folder with all that is in it, without following links. Folders that nobody may write (module caches
 * are made so) are opened first; a process that still writes into it gets a few tries.
 */
export async function removeFolder(path: string): Promise<void> {
  try {
    await remove(path);
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
    await openFolders(path);
    await remove(path);
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function openFolders(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(path, entry.name));
  }
}
