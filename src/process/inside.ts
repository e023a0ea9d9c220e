import { readlinkSync } from 'node:fs';
import { errorCode } from '../error/index.js';
import type { ProcessIdentity } from './identity.js';
import { identityFrom } from './identity.js';
import { allEntries } from './table.js';

/**
 * Running processes whose working directory is a folder or below it, where the system tells that cheaply (Linux). It
 * may be anybody's (a person's shell, say), so it proves nothing about who started them.
 */
export function findInside(folder: string): ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  return allEntries()
    .filter(({ isZombie, pid }) => !isZombie && pid !== process.pid && isInside(folderOf(pid), folder))
    .map(identityFrom);
}

function isInside(path: string | undefined, folder: string): boolean {
  return path === folder || path?.startsWith(`${folder}/`) === true;
}

function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    // It has ended, or it is another user's.
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
