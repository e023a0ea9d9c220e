import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';
import type { GitContext } from './context.js';
import type { Located } from './locate-repository.js';
import { headOf } from './refs.js';
import { temporaryFolder, temporaryName } from './temporary.js';
import { requireWorkspace } from './require-workspace.js';
import { runGit } from './run-git.js';

export interface TemporaryIndex {
  /** Makes git use this index. */
  env: { GIT_INDEX_FILE: string };
  /** The workspace that it was copied from. */
  located: Located;
  /** The workspace has no index of its own: its checkout never ended, and a missing file is not a deleted one. */
  isUnpopulated: boolean;
}

/** Lends a copy of a workspace's index (a copy, because it knows which files are unchanged), and removes it after. */
export async function withTemporaryIndex<Result>(
  context: Pick<GitContext, 'root' | 'commonDir'>,
  workspace: string,
  use: (index: TemporaryIndex) => Promise<Result>,
): Promise<Result> {
  const located = requireWorkspace(context, workspace);
  const folder = temporaryFolder(context.commonDir);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${temporaryName('index')}-${randomUUID()}`);
  try {
    const env = { GIT_INDEX_FILE: file };
    const hasIndex = await copyIndex(located, file);
    if (!hasIndex && (await headOf(workspace)) !== undefined)
      await runGit(workspace, ['read-tree', 'HEAD'], { env });
    return await use({ env, located, isUnpopulated: !hasIndex });
  } finally {
    await rm(file, { force: true });
    await rm(`${file}.lock`, { force: true });
  }
}

async function copyIndex({ gitDir }: Located, file: string): Promise<boolean> {
  try {
    const original = join(gitDir, 'index');
    const { mtimeMs } = await stat(original);
    await copyFile(original, file);
    // git takes a file for unchanged when it is as old as the index knows it and older than the index itself. A copy
    // that looks newer would hide an edit of the same size made in the second of the checkout; one that looks older
    // only has more files compared.
    const seconds = Math.floor(mtimeMs / 1_000);
    await utimes(file, seconds, seconds);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return false;
  }
}
