import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';
import { identityOf } from '../process/index.js';

/** Where commands put what they need for a moment: beside the sheet, so that nothing leaves the repository. */
export function temporaryFolder(commonDir: string): string {
  return join(commonDir, 'callsheet', 'tmp');
}

/** How the name of a temporary file or folder of this process begins: it tells whose it is, should the process be killed. */
export function temporaryName(purpose: string): string {
  return `${purpose}-${process.pid}`;
}

/** Removes what processes have left that are gone. */
export async function clearTemporary(commonDir: string): Promise<void> {
  const folder = temporaryFolder(commonDir);
  for (const name of await namesIn(folder)) {
    const pid = /^[a-z]+-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || identityOf(Number(pid)) !== undefined) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return [];
  }
}
