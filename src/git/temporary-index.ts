import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';
import type { GitContext } from './context.js';
import type { Located } from './locate-repository.js';
import { headOf } from './refs.js';
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
  context: GitContext,
  workspace: string,
  use: (index: TemporaryIndex) => Promise<Result>,
): Promise<Result> {
  const located = requireWorkspace(context, workspace);
  const folder = join(context.commonDir, 'callsheet', 'tmp');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `index-${randomUUID()}`);
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
    await copyFile(join(gitDir, 'index'), file);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return false;
  }
}
