import { lstatSync } from 'node:fs';
import { join, sep } from 'node:path';

import { CallsheetError } from '../error/index.js';
import type { GitContext } from './context.js';
import { locateRepository, type Located } from './locate-repository.js';
import { listEntries } from './list-entries.js';
import { toText, type RawPath } from './parse-status.js';
import { specialEntries } from './read-index.js';
import type { CommitId } from './repository.js';
import { runGit } from './run-git.js';
import { treeChanges } from './tree-changes.js';

const GITLINK = '160000';

/**
 * Folders that the index has as a pointer to a commit (a submodule, or a repository that was added) and whose
 * repository goes with the worktree when it is removed. A submodule that was only checked out is not among them.
 */
export async function ownRepositories(
  workspace: string,
  { gitDir, commonDir }: Located,
  env: Record<string, string> = {},
): Promise<RawPath[]> {
  if (gitDir === commonDir) return [];
  const index = env['GIT_INDEX_FILE'] ?? join(gitDir, 'index');
  const entries = specialEntries(index) ?? (await listEntries(workspace, env));
  const own: RawPath[] = [];
  for (const { path, isGitlink } of entries) {
    if (!isGitlink) continue;
    if (!own.includes(path) && (!isText(path) || (await holdsItsOwn(join(workspace, toText(path)), gitDir))))
      own.push(path);
  }
  return own;
}

/** Under a name that is not UTF-8 the folder cannot be looked into. */
function isText(path: RawPath): boolean {
  return Buffer.from(toText(path)).toString('latin1') === path;
}

async function holdsItsOwn(folder: string, gitDir: string): Promise<boolean> {
  const mark = lstatSync(join(folder, '.git'), { throwIfNoEntry: false });
  if (mark?.isFile() !== true) return mark !== undefined;
  const inner = gitDirOf(folder);
  // What cannot be read may be the only copy of something.
  if (inner === undefined) return true;
  return inner.startsWith(join(gitDir, 'modules') + sep) && (await hasUnpublished(folder));
}

function gitDirOf(folder: string): string | undefined {
  try {
    return locateRepository(folder)?.gitDir;
  } catch (error) {
    if (error instanceof CallsheetError) return undefined;
    throw error;
  }
}

/** Whether a submodule has commits (on a branch, stashed, at its HEAD) that it did not get from a remote. */
async function hasUnpublished(folder: string): Promise<boolean> {
  const args = ['rev-list', '--max-count=1', '--all', 'HEAD', '--not', '--remotes', '--'];
  const { stdout, exitCode } = await runGit(folder, args, { okExitCodes: [0, 128] });
  return exitCode !== 0 || stdout !== '';
}

/** Paths that became a pointer to a commit between two commits, other than a submodule that was only moved. */
export async function addedRepositories(
  context: Pick<GitContext, 'root' | 'diffs'>,
  from: CommitId,
  to: CommitId,
): Promise<string[]> {
  const changes = (await treeChanges(context, from, to)).filter(
    ({ oldMode, newMode }) => oldMode !== newMode,
  );
  const removed = new Set(changes.filter(({ oldMode }) => oldMode === GITLINK).map(({ oldId }) => oldId));
  const added = changes.filter(({ newMode }) => newMode === GITLINK);
  return added.filter(({ newId }) => !removed.has(newId)).map(({ path }) => path);
}
