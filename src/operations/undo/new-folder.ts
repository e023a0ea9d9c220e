import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CallsheetError, errorCode } from '../../error/index.js';
import { makeFolders } from '../../file/index.js';
import { requireNoGitFolder } from '../../git/index.js';
import type { Context } from '../operation.js';
import { realFolder } from './real-folder.js';

// What the system says of a place where no folder can be made, or one that is not empty.
const UNUSABLE = [
  'ENOENT',
  'ENOTDIR',
  'ENOTEMPTY',
  'EEXIST',
  'ELOOP',
  'ENAMETOOLONG',
  'EACCES',
  'EPERM',
  'EROFS',
];

/**
 * Fills a folder that is new or empty: nothing can be overwritten. Written beside and put in place whole: renaming a
 * folder takes the place of nothing but an empty folder, so what may have been put there meanwhile, a link above all, is
 * neither followed nor lost.
 * @param fill Makes the folder that it is given, and what is in it.
 * @throws {CallsheetError} `FOLDER_NOT_EMPTY`, `PATH_OUTSIDE` (usage).
 */
export async function fillFolder<Filled>(
  context: Context,
  to: string,
  fill: (content: string) => Promise<Filled>,
): Promise<{ folder: string; filled: Filled }> {
  const folder = realPlace(resolve(context.cwd, to));
  requireNoGitFolder(folder, context.sheet.commonDir);
  await requireEmpty(folder);
  const beside = await folderBeside(folder);
  try {
    const content = join(beside, 'content');
    const filled = await fill(content);
    await rename(content, folder);
    return { folder, filled };
  } catch (error) {
    if (UNUSABLE.includes(errorCode(error) ?? '')) throw notEmpty(folder);
    throw error;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

async function folderBeside(folder: string): Promise<string> {
  try {
    makeFolders(dirname(folder));
    return await mkdtemp(join(dirname(folder), '.callsheet-undo-'));
  } catch (error) {
    if (UNUSABLE.includes(errorCode(error) ?? '')) throw notEmpty(folder);
    throw error;
  }
}

/** A link that a person names is theirs; what it leads to is the place, also of what is yet to be made below it. */
function realPlace(folder: string): string {
  try {
    return realFolder(folder);
  } catch (error) {
    if (UNUSABLE.includes(errorCode(error) ?? '')) throw notEmpty(folder);
    throw error;
  }
}

async function requireEmpty(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names.length > 0) throw notEmpty(folder);
}

function notEmpty(folder: string): CallsheetError {
  return new CallsheetError(
    'FOLDER_NOT_EMPTY',
    `${folder} is no empty folder that can be written. Nothing was written.`,
    {
      hint: 'Name a folder that does not exist yet.',
    },
  );
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    if (UNUSABLE.includes(errorCode(error) ?? '')) throw notEmpty(folder);
    throw error;
  }
}
