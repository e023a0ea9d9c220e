import { randomBytes } from 'node:crypto';
import { open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CallsheetError, errorCode, messageOf } from '../error/index.js';
import { makeFolders } from '../file/index.js';
import type { GitGuardChange, GitGuardPlan } from './plan.js';

const PROGRAM_MODE = 0o755;

/**
 * Does what a plan says; each file is replaced at once.
 * @throws {CallsheetError} `HOOK_UNWRITABLE` at the first change that the system refuses; those before it are made.
 */
export async function applyGitGuard({ changes }: GitGuardPlan): Promise<void> {
  for (const change of changes) {
    try {
      await apply(change);
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      throw new CallsheetError(
        'HOOK_UNWRITABLE',
        `git's hook could not be set up or taken away at ${change.path}: ${messageOf(error)}.`,
        { hint: 'Make its folder one that you may write, then give the same command again.', cause: error },
      );
    }
  }
}

async function apply(change: GitGuardChange): Promise<void> {
  switch (change.kind) {
    case 'write':
      return writeProgram(change.path, change.text);
    case 'move':
      return rename(change.path, change.to);
    case 'remove':
      return rm(change.path, { force: true });
    case 'remove-folder':
      return removeEmpty(change.path);
  }
}

async function writeProgram(path: string, text: string): Promise<void> {
  makeFolders(dirname(path));
  const beside = `${path}.callsheet-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    const handle = await open(beside, 'wx', PROGRAM_MODE);
    try {
      await handle.writeFile(text);
      // Whatever the umask takes away: git starts only programs.
      await handle.chmod(PROGRAM_MODE);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error;
  }
}
