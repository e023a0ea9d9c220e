import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CallsheetError, errorCode } from '../../error/index.js';
import type { Repository } from '../../git/index.js';
import type { Snapshot } from '../../snapshot/index.js';
import type { Context } from '../operation.js';
import { requireCommit, snapshotDocument } from './describe.js';

/** Writes the files of a snapshot into a folder that is new or empty: nothing can be overwritten. */
export async function restoreInto(
  context: Context,
  snapshot: Snapshot,
  to: string,
  paths: readonly string[],
) {
  const folder = realPlace(resolve(context.cwd, to));
  await requireEmpty(folder);
  const commit = await requireCommit(context, snapshot);
  const files = await exportInto(await context.repository(), commit, folder, paths);
  return { kind: 'restored' as const, snapshot: snapshotDocument(snapshot), folder, files, savedAs: null };
}

/**
 * Written beside and put in place whole: renaming a folder takes the place of nothing but an empty folder, so what may
 * have been put there meanwhile, a link above all, is neither followed nor lost.
 */
async function exportInto(
  repository: Repository,
  commit: string,
  folder: string,
  paths: readonly string[],
): Promise<string[]> {
  await mkdir(dirname(folder), { recursive: true });
  const beside = await mkdtemp(join(dirname(folder), '.callsheet-undo-'));
  try {
    const content = join(beside, 'content');
    const files = await repository.exportFiles(commit, content, paths);
    await rename(content, folder);
    return files;
  } catch (error) {
    if (['ENOTDIR', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw notEmpty(folder);
    throw error;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** A link that a person names is theirs; what it leads to is the place. */
function realPlace(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}

async function requireEmpty(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names.length > 0) throw notEmpty(folder);
}

function notEmpty(folder: string): CallsheetError {
  return new CallsheetError('FOLDER_NOT_EMPTY', `${folder} is no empty folder. Nothing was written.`, {
    hint: 'Name a folder that does not exist yet.',
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    if (errorCode(error) === 'ENOTDIR') return [folder];
    throw error;
  }
}
