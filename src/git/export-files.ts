import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { GitContext } from './context.js';
import { objectId } from './object-id.js';
import { toText, type RawPath } from './parse-status.js';
import type { CommitId } from './repository.js';
import { runGit } from './run-git.js';
import { temporaryFolder, temporaryName } from './temporary.js';

/**
 * Writes files of a commit into a folder, as a checkout would, from an index of our own: no workspace is involved.
 * @returns The paths written, all of them or those at or below `paths`. Submodules are left out.
 */
export async function exportFiles(
  { commonDir }: GitContext,
  commit: CommitId,
  folder: string,
  paths: readonly string[] = [],
): Promise<string[]> {
  const temporary = temporaryFolder(commonDir);
  await mkdir(temporary, { recursive: true });
  await mkdir(folder, { recursive: true });
  const index = join(temporary, `${temporaryName('index')}-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index, GIT_DIR: commonDir, GIT_WORK_TREE: folder };
  try {
    await runGit(folder, ['read-tree', objectId(commit)], { env });
    // latin1 keeps names that are not UTF-8 as they are on their way back to git.
    const args = ['ls-files', '--stage', '-z', '--', ...paths];
    const { stdout } = await runGit(folder, args, { env, encoding: 'latin1' });
    const files = stdout.split('\0').flatMap(fileIn);
    const input = Buffer.from(files.map((path) => `${path}\0`).join(''), 'latin1');
    if (input.length > 0)
      await runGit(folder, ['checkout-index', '-z', '--stdin', '--force'], { env, input });
    return files.map(toText);
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

/** Of `MODE ID STAGE TAB PATH`; a submodule is none: its files are in a repository of its own. */
function fileIn(line: string): RawPath[] {
  const [, mode, path] = /^(\d+) [^\t]*\t(.*)$/s.exec(line) ?? [];
  return path === undefined || mode === '160000' ? [] : [path];
}
