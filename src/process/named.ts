import { readlinkSync } from 'node:fs';
import { errorCode } from '../error/index.js';
import { psNamed } from './ps.js';
import { allEntries, readProcFile } from './table.js';

export interface NamedProcess {
  pid: number;
  parentPid: number;
  /** The folder it works in; undefined where the system does not tell. */
  folder: string | undefined;
}

/** Running processes of any user whose program's name begins so. Costs one read per process. */
export function findNamed(prefix: string): NamedProcess[] {
  const others = allEntries().filter((entry) => !entry.isZombie);
  if (process.platform !== 'linux') {
    const pids = new Set(psNamed(prefix));
    return others
      .filter(({ pid }) => pids.has(pid))
      .map(({ pid, parentPid }) => ({ pid, parentPid, folder: undefined }));
  }
  return others
    .filter(({ pid }) => readProcFile(`/proc/${pid}/comm`)?.startsWith(prefix) === true)
    .map(({ pid, parentPid }) => ({ pid, parentPid, folder: folderOf(pid) }));
}

function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
    return undefined;
  }
}
