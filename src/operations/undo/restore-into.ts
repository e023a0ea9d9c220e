import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CallsheetError, errorCode } from '../../error/index.js';
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
  const folder = resolve(context.cwd, to);
  await requireEmpty(folder);
  const commit = await requireCommit(context, snapshot);
  const files = await (await context.repository()).exportFiles(commit, folder, paths);
  return { kind: 'restored' as const, snapshot: snapshotDocument(snapshot), folder, files, savedAs: null };
}

async function requireEmpty(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0) return;
  throw new CallsheetError('FOLDER_NOT_EMPTY', `${folder} is not empty. Nothing was written.`, {
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
