import { branchHolder } from './branch-holder.js';
import { CallsheetError } from '../error/index.js';
import { abandonedCommits } from './abandoned.js';
import { addWorktree } from './add-worktree.js';
import { commitAll } from './commit.js';
import type { GitContext } from './context.js';
import { openConversation } from './conversation.js';
import { fastForward } from './fast-forward.js';
import { exportFiles } from './export-files.js';
import { halfMade } from './half-made.js';
import * as history from './history.js';
import { readIdentity, type IdentityEnvironment } from './identity.js';
import { locateRepository, type Located } from './locate-repository.js';
import { detach, mendWorktree } from './mend-worktree.js';
import { merge } from './merge.js';
import { removeLeftLocks } from './left-ref-lock.js';
import { deleteRef, MOVE_REFS, updateRef } from './move-ref.js';
import { fileAt, hashesAt } from './objects.js';
import { addedRepositories, ownRepositories } from './own-repositories.js';
import { toText } from './parse-status.js';
import { readHead } from './read-head.js';
import { readRef } from './read-ref.js';
import * as refs from './refs.js';
import { releaseIndex } from './release-index.js';
import { removeWorktree } from './remove-worktree.js';
import type { Repository } from './repository.js';
import { requireReadable } from './require-readable.js';
import { requireWorkspace } from './require-workspace.js';
import { runGit } from './run-git.js';
import { saveWorkspace } from './save.js';
import { clearTemporary } from './temporary.js';
import { DIFF_PAIRS } from './tree-changes.js';
import { unfinishedIn } from './unfinished.js';
import { branchOf, isOnBranch, resetTo, statusOf, workspaceHead } from './workspace.js';
import { listWorktrees } from './worktrees.js';

/**
 * Opens the repository around a folder: checkout, linked worktree, submodule or bare repository.
 * @throws {CallsheetError} `NOT_A_REPOSITORY`, `BROKEN_REPOSITORY`, `UNSAFE_REPOSITORY` (it belongs to somebody
 * else), `GIT_MISSING`.
 */
export async function openRepository(cwd: string): Promise<Repository> {
  return repositoryIn(await readContext(cwd));
}

async function readContext(cwd: string): Promise<GitContext> {
  const located = locateRepository(cwd);
  if (located === undefined) throw notARepository(cwd);
  requireReadable(located);
  // git has the last word on whether there is a checkout, and where: `core.bare` and `core.worktree` can say so.
  const args = ['rev-parse', '--is-bare-repository', '--is-inside-work-tree', '--show-toplevel'];
  const { stdout, stderr, exitCode } = await runGit(located.root, args, { okExitCodes: [0, 128] });
  const [isBare, , ...topLevel] = stdout.replace(/\n$/, '').split('\n');
  if (isBare !== 'true' && isBare !== 'false') throw refused(located.root, stderr);
  const root = exitCode === 0 ? topLevel.join('\n') : located.commonDir;
  requireItsOwn(located, root);
  let identity: Promise<IdentityEnvironment> | undefined;
  return {
    root,
    commonDir: located.commonDir,
    isBare: exitCode !== 0,
    identity: () => (identity ??= readIdentity(root)),
    diffs: openConversation(root, DIFF_PAIRS),
    moves: openConversation(root, MOVE_REFS),
  };
}

/** `core.worktree` can name any folder, which git would then write as if it were the checkout. */
function requireItsOwn({ root: found, commonDir }: Located, root: string): void {
  if (root === commonDir || locateRepository(root)?.commonDir === commonDir) return;
  throw new CallsheetError(
    'BROKEN_REPOSITORY',
    `The configuration of ${found} says that its checkout is ${root} (core.worktree), which belongs to no part of it. Nothing was done.`,
    { hint: 'Take it out: git config --unset core.worktree' },
  );
}

function repositoryIn(context: GitContext): Repository {
  const { root, commonDir, isBare } = context;
  return {
    root,
    commonDir,
    isBare,
    ...historyOf(context),
    ...refsOf(context),
    exportFiles: (commit, folder, paths) => exportFiles(context, commit, folder, paths),
    merge: (ours, theirs, { cwd }) => merge(ours, theirs, cwd),
    holderOf: async (branch) => branchHolder(commonDir, branch, isBare),
    worktrees: () => listWorktrees(root),
    clearTemporary: () => clearTemporary(commonDir),
    addWorktree: (worktree) => addWorktree(context, worktree),
    removeWorktree: (path) => removeWorktree(context, path),
    isHalfMade: async (path) => halfMade(commonDir, path) !== undefined,
    mendWorktree: (path) => mendWorktree(context, path),
    detach: (workspace) => detach(context, workspace),
    releaseIndex: (workspace) => releaseIndex(context, workspace),
    unfinished: (workspace) => unfinishedIn(context, workspace),
    status: (workspace) => statusOf(context, workspace),
    ownRepositories: async (workspace) =>
      (await ownRepositories(workspace, requireWorkspace(context, workspace))).map(toText),
    headOf: (workspace) => workspaceHead(context, workspace),
    abandonedCommits: (workspace) => abandonedCommits(context, workspace),
    isOnBranch: async (workspace) => isOnBranch(context, workspace),
    branchOf: async (workspace) => branchOf(context, workspace),
    resetTo: (workspace, commit) => resetTo(context, workspace, commit),
    fastForward: (workspace, to) => fastForward(context, workspace, to),
    commitAll: (workspace, message) => commitAll(context, workspace, message),
    save: (workspace, options) => saveWorkspace(context, workspace, options),
  };
}

type History =
  | 'treeOf'
  | 'filesAt'
  | 'sizeOf'
  | 'isAncestor'
  | 'mergeBase'
  | 'changedPaths'
  | 'addedRepositories'
  | 'diff'
  | 'firstParentLog'
  | 'commitTree';

function historyOf(context: GitContext): Pick<Repository, History | 'fileAt' | 'hashesAt'> {
  const { root } = context;
  return {
    treeOf: (commit) => history.treeOf(root, commit),
    filesAt: (commit) => history.filesAt(root, commit),
    sizeOf: (commit) => history.sizeOf(root, commit),
    isAncestor: (ancestor, descendant) => history.isAncestor(root, ancestor, descendant),
    mergeBase: (one, other) => history.mergeBase(root, one, other),
    changedPaths: (from, to) => history.changedPaths(context, from, to),
    addedRepositories: (from, to) => addedRepositories(context, from, to),
    diff: (from, to, options) => history.diff(root, from, to, options),
    firstParentLog: (from, to) => history.firstParentLog(root, from, to),
    commitTree: (commit) => history.commitTree(context, commit),
    fileAt: (commit, path) => fileAt(root, commit, path),
    hashesAt: (commit, paths) => hashesAt(root, commit, paths),
  };
}

function refsOf(
  context: GitContext,
): Pick<
  Repository,
  'head' | 'resolve' | 'parentOf' | 'updateRef' | 'deleteRef' | 'removeLeftLocks' | 'refs'
> {
  const { root, commonDir } = context;
  return {
    head: async () => {
      const located = locateRepository(root);
      const told = located === undefined ? undefined : readHead(located);
      if (told?.commit !== undefined) return { branch: told.branch, commit: told.commit };
      const [branch, commit] = await Promise.all([refs.headBranch(root), refs.headOf(root)]);
      return { branch, commit };
    },
    resolve: async (name) => {
      if (!refs.isPlainName(name)) return undefined;
      const told = readRef(commonDir, name);
      return told === null ? undefined : (told ?? refs.resolveName(root, name));
    },
    parentOf: (commit) => refs.parentOf(root, commit),
    updateRef: (ref, to, expectedOld) => updateRef(context, ref, to, expectedOld),
    deleteRef: (ref, expectedOld) => deleteRef(context, ref, expectedOld),
    removeLeftLocks: (prefix) => removeLeftLocks(root, prefix),
    refs: (prefix) => refs.refsBelow(root, prefix),
  };
}

function notARepository(cwd: string): CallsheetError {
  return new CallsheetError(
    'NOT_A_REPOSITORY',
    `${cwd} is not inside a git repository, so nothing was done.`,
    {
      hint: 'Go into your repository (or use -C PATH), or make one: git init && git add -A && git commit -m "Start"',
    },
  );
}

function refused(root: string, stderr: string): CallsheetError {
  if (stderr.includes('dubious ownership')) {
    return new CallsheetError(
      'UNSAFE_REPOSITORY',
      `git does not trust ${root}: it belongs to another user. Nothing was done.`,
      {
        hint: `If you trust it: git config --global --add safe.directory '${root}'`,
      },
    );
  }
  const said = stderr.trim().split('\n')[0] ?? '';
  return new CallsheetError(
    'BROKEN_REPOSITORY',
    `git cannot read the repository of ${root}: ${said}. Nothing was done.`,
    {
      hint: 'Run `git status` there and mend what it names.',
    },
  );
}
