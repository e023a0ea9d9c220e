import type { BranchHolder } from './branch-holder.js';

/** A full object id of a commit, in hexadecimal. */
export type CommitId = string;
/** A full object id of a tree, in hexadecimal. */
export type TreeId = string;

export interface ChangedPath {
  path: string;
  change: 'added' | 'deleted' | 'modified';
}

export interface FileConflict {
  path: string;
  /** What git calls it: `content`, `modify/delete`, `add/add`, `rename/rename`, `binary`, … */
  kind: string;
  /** The conflicting parts with their markers, at most 4,000 characters; empty where there is no text. */
  hunks: string;
}

export type MergeResult = { clean: true; tree: TreeId } | { clean: false; conflicts: FileConflict[] };

export interface Worktree {
  path: string;
  branch: string | undefined;
  head: CommitId | undefined;
  isBare: boolean;
  /** The folder is gone although git still lists it. */
  isMissing: boolean;
}

export interface WorkspaceStatus {
  /** Tracked files that differ from HEAD, staged or not. */
  tracked: ChangedPath[];
  /** Untracked, not ignored files (never folders). */
  untracked: string[];
  /** Untracked folders that are repositories of their own: neither committed nor saved, so not to be deleted. */
  nested: string[];
}

export interface CommitInfo {
  commit: CommitId;
  parents: CommitId[];
  tree: TreeId;
  subject: string;
  /** The trailers of the message, by name; the last one wins. */
  trailers: Record<string, string>;
}

export interface SavedWorkspace {
  commit: CommitId;
  tree: TreeId;
  /** What could not be saved (nested repository, refused by a filter, untracked over 5 MB), with the reason. */
  leftOut: { path: string; reason: string }[];
}

/** `inTheWay`: changed or untracked paths that the move would have written. */
export type FastForward = { moved: true } | { moved: false; inTheWay: string[] };

/**
 * What the engine asks of git, and nothing more: the one seam at which a simulation replaces it.
 * All of it follows the rules of ARCHITECTURE.md for calling git (argument lists, clean environment, no hooks).
 */
export interface Repository {
  /** Top folder of the checkout asked from; the bare repository's folder when there is no checkout. */
  readonly root: string;
  /** `<git common dir>`, absolute: shared by every worktree of the repository. */
  readonly commonDir: string;
  readonly isBare: boolean;

  /** The branch (without `refs/heads/`) and commit of HEAD in `root`; either is undefined when detached or unborn. */
  head(): Promise<{ branch: string | undefined; commit: CommitId | undefined }>;
  /** The commit that a ref, branch or id names, or undefined. Options and revision tricks (`-x`, `@{-1}`) are no names. */
  resolve(name: string): Promise<CommitId | undefined>;
  /** The first parent of a commit; undefined for one without. */
  parentOf(commit: CommitId): Promise<CommitId | undefined>;
  treeOf(commit: CommitId): Promise<TreeId>;
  /** Every file of a commit, by path. */
  filesAt(commit: CommitId): Promise<string[]>;
  /** What the files of a commit take, in bytes, as git stores them before filters. */
  sizeOf(commit: CommitId): Promise<number>;
  isAncestor(ancestor: CommitId, descendant: CommitId): Promise<boolean>;
  mergeBase(one: CommitId, other: CommitId): Promise<CommitId | undefined>;
  /** What differs between two commits or trees, renames as delete and add, sorted by path. */
  changedPaths(from: CommitId, to: CommitId): Promise<ChangedPath[]>;
  /** Paths that became a repository inside the repository (a gitlink), other than a submodule that was only moved. */
  addedRepositories(from: CommitId, to: CommitId): Promise<string[]>;
  /** A unified diff between two commits or trees (no colour, no external tools), cut at `maxChars`. */
  diff(from: CommitId, to: CommitId, options?: { paths?: string[]; maxChars?: number }): Promise<string>;
  /** Commits reachable from `to` and not from `from`, along first parents, oldest first. */
  firstParentLog(from: CommitId, to: CommitId): Promise<CommitInfo[]>;
  /** The content of a file in a commit; undefined where there is none. */
  fileAt(commit: CommitId, path: string): Promise<Buffer | undefined>;
  /** Object id of each path's content in a commit; a path that is not there is left out. */
  hashesAt(commit: CommitId, paths: string[]): Promise<Map<string, string>>;

  /** Writes the files of a commit (all, or those at or below `paths`) into a folder, and answers which. Overwrites. Submodules are left out. */
  exportFiles(commit: CommitId, folder: string, paths?: readonly string[]): Promise<string[]>;

  /** Merges two commits in memory. `cwd` is the landing workspace: git 2.39 takes attributes from there. */
  merge(ours: CommitId, theirs: CommitId, options: { cwd: string }): Promise<MergeResult>;
  commitTree(commit: { tree: TreeId; parents: CommitId[]; message: string }): Promise<CommitId>;
  /** Moves a ref only when it still is at `expectedOld` (undefined: must not exist). False when it was not. */
  updateRef(ref: string, to: CommitId, expectedOld: CommitId | undefined): Promise<boolean>;
  /** Deletes a ref only when it still is at `expectedOld`. */
  deleteRef(ref: string, expectedOld: CommitId): Promise<boolean>;
  /** Removes locks that killed gits have left of refs of callsheet's own below a prefix (`refs/callsheet/`). */
  removeLeftLocks(prefix: string): Promise<void>;
  /** Full ref names below a prefix with their commits. */
  refs(prefix: string): Promise<Map<string, CommitId>>;

  /** The checkout that has a branch checked out, or rebases or bisects it now. */
  holderOf(branch: string): Promise<BranchHolder | undefined>;
  worktrees(): Promise<Worktree[]>;
  /** Removes temporary files that killed processes have left beside the sheet. */
  clearTemporary(): Promise<void>;
  /** A new worktree on a new branch, or detached when there is no branch. */
  addWorktree(worktree: { path: string; branch?: string; commit: CommitId }): Promise<void>;
  /** Removes a worktree and its registration, whatever is in it. The caller has saved what matters. */
  removeWorktree(path: string): Promise<void>;
  /** Whether git was killed while it made this worktree, before anything was in it. */
  isHalfMade(path: string): Promise<boolean>;
  /** Makes the `.git` of a worktree anew where it was deleted. Whether the folder is a checkout of this repository now. */
  mendWorktree(path: string): Promise<boolean>;
  /** Takes HEAD of a workspace off its branch, at the same commit; index and files stay. */
  detach(workspace: string): Promise<void>;

  /**
   * For a linked worktree in which nobody works any more: removes locks that a killed git left on its index or HEAD, and
   * clears the flags that hide changed files from status, commits and snapshots.
   */
  releaseIndex(workspace: string): Promise<void>;
  /** The operation that was begun in a workspace and not ended (`a rebase`, `conflicts in its index`), or undefined. */
  unfinished(workspace: string): Promise<string | undefined>;
  status(workspace: string): Promise<WorkspaceStatus>;
  /**
   * Folders of a linked worktree that the index has as gitlinks, and that hold a repository of which something would
   * be lost with the worktree.
   */
  ownRepositories(workspace: string): Promise<string[]>;
  headOf(workspace: string): Promise<CommitId | undefined>;
  /** The newest of the commits that HEAD of a workspace has been at and that no ref leads to: they go with the workspace. */
  abandonedCommits(workspace: string): Promise<CommitId[]>;
  /** Whether HEAD of a workspace is a branch, so that its commits are on a ref; false when it is detached. */
  isOnBranch(workspace: string): Promise<boolean>;
  /** The branch (without `refs/heads/`) that a workspace is on; undefined when its HEAD is detached. */
  branchOf(workspace: string): Promise<string | undefined>;
  /** Puts the tracked tree of a workspace at a commit (detached stays detached); untracked, not ignored files are removed. */
  resetTo(workspace: string, commit: CommitId): Promise<void>;
  /**
   * Moves a checkout and the branch it is on forward to a commit that builds on its HEAD (`NOT_FAST_FORWARD` when it
   * does not). Nothing is changed when a path it would write has uncommitted changes or is untracked.
   */
  fastForward(workspace: string, to: CommitId): Promise<FastForward>;
  /** Commits all changes (tracked and untracked, not ignored). Undefined when there is nothing to commit. */
  commitAll(workspace: string, message: string): Promise<CommitId | undefined>;
  /**
   * Saves tracked and untracked, not ignored files of a workspace as a commit whose parent is its HEAD, without
   * touching its index or files. `keep` are globs of ignored files to take along; `files` are taken along whatever they
   * are: ignored, large, hidden by a flag of the index.
   */
  save(
    workspace: string,
    options: { message: string; keep?: string[]; files?: readonly string[] },
  ): Promise<SavedWorkspace>;
}
