import type { GitContext } from './context.js';
import { objectId } from './object-id.js';
import { parseStatus, toText, type RawStatus } from './parse-status.js';
import { readHead } from './read-head.js';
import { headOf } from './refs.js';
import type { CommitId, WorkspaceStatus } from './repository.js';
import { requireWorkspace } from './require-workspace.js';
import { retryTransient } from './retry.js';
import { runGit } from './run-git.js';

const STATUS = [
  'status',
  '--porcelain=v2',
  '-z',
  '--branch',
  '--no-ahead-behind',
  '--untracked-files=all',
  '--ignored=no',
  '--ignore-submodules=none',
  '--no-renames',
];

/** The status with paths as bytes. `env` may name another index. */
export async function readStatus(workspace: string, env: Record<string, string> = {}): Promise<RawStatus> {
  return parseStatus((await runGit(workspace, STATUS, { env, encoding: 'latin1' })).stdout);
}

export async function statusOf(context: GitContext, workspace: string): Promise<WorkspaceStatus> {
  requireWorkspace(context, workspace);
  const { tracked, untracked, nested } = await readStatus(workspace);
  return {
    tracked: tracked.map(({ path, change }) => ({ path: toText(path), change })),
    untracked: untracked.map(toText),
    nested: nested.map(toText),
  };
}

export async function workspaceHead(context: GitContext, workspace: string): Promise<CommitId | undefined> {
  return readHead(requireWorkspace(context, workspace)).commit ?? headOf(workspace);
}

export function isOnBranch(context: GitContext, workspace: string): boolean {
  return readHead(requireWorkspace(context, workspace)).isOnBranch;
}

export function branchOf(context: GitContext, workspace: string): string | undefined {
  return readHead(requireWorkspace(context, workspace)).branch;
}

/**
 * Puts the tracked files at a commit and removes untracked ones; ignored files (dependencies, build output) and
 * nested repositories stay. A branch is never moved: HEAD leaves it when it is not at that commit already.
 */
export async function resetTo(context: GitContext, workspace: string, commit: CommitId): Promise<void> {
  const target = objectId(commit);
  const mustLeaveBranch =
    isOnBranch(context, workspace) && (await workspaceHead(context, workspace)) !== target;
  await retryTransient(async () => {
    if (mustLeaveBranch)
      await runGit(workspace, ['checkout', '--quiet', '--force', '--detach', target, '--']);
    await runGit(workspace, ['reset', '--hard', '--quiet', '--no-recurse-submodules', target, '--']);
    // Once, not twice: a second --force would delete nested repositories.
    await runGit(workspace, ['clean', '-d', '--force', '--quiet']);
  });
}
