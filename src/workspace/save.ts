import { existsSync } from 'node:fs';
import {
  hasVanished,
  retryVanished,
  type CommitId,
  type Repository,
  type SavedWorkspace,
} from '../git/index.js';
import { findSnapshots, recordSnapshot, renewSnapshot, type Snapshot } from '../snapshot/index.js';
import { defined, type Store } from '../store/index.js';

export interface SaveRequest {
  /** The workspace's folder. */
  path: string;
  reason: string;
  runId?: string;
  taskId?: string;
  attempt?: number;
  keep?: string[];
}

interface Place {
  store: Store;
  repository: Repository;
}

/**
 * Takes a snapshot of a workspace: a commit under `refs/callsheet/snapshots/`, recorded in the sheet.
 * Undefined when the folder is gone, or is clean with its head on a ref already.
 */
export async function saveWorkspace(
  place: Place,
  request: SaveRequest,
  options: { always?: boolean } = {},
): Promise<Snapshot | undefined> {
  const { repository } = place;
  if (!existsSync(request.path)) return undefined;
  if (options.always !== true && (await isSafeAlready(repository, request))) return undefined;
  return retryVanished(async () => {
    const saved = await repository.save(request.path, {
      message: `Snapshot of ${request.taskId ?? 'a workspace'}: ${request.reason}`,
      ...defined({ keep: request.keep }),
    });
    const before = await newestOf(place, request);
    const kept = before === undefined ? undefined : await keptBefore(place, before, request, saved);
    return kept ?? (await keepCommit(place, request, saved.commit, saved.leftOut));
  });
}

async function newestOf({ store }: Place, { taskId, path }: SaveRequest): Promise<Snapshot | undefined> {
  if (taskId === undefined) return undefined;
  return (await findSnapshots(store, { taskId })).findLast((each) => each.workspace === path);
}

/**
 * The newest snapshot of the workspace, when it holds all of it already: files, and the commits below them. One whose
 * commit is gone holds this now: garbage that is collected while a ref is written can take what the ref is to keep.
 */
async function keptBefore(
  { store, repository }: Place,
  before: Snapshot,
  request: SaveRequest,
  { commit, tree, leftOut }: SavedWorkspace,
): Promise<Snapshot | undefined> {
  try {
    if ((await repository.treeOf(before.commit)) !== tree) return undefined;
    const head = await repository.headOf(request.path);
    const isBelow = head !== undefined && (await repository.isAncestor(head, before.commit));
    return isBelow ? { ...before, leftOut } : undefined;
  } catch (error) {
    if (!hasVanished(error)) throw error;
    if (!(await repository.updateRef(before.ref, commit, before.commit))) return undefined;
    return store.transaction((tx) => renewSnapshot(tx, { ...before, commit, leftOut }));
  }
}

async function isSafeAlready(repository: Repository, request: SaveRequest): Promise<boolean> {
  if ((request.keep ?? []).length > 0) return false;
  const { tracked, untracked, nested } = await repository.status(request.path);
  if (tracked.length + untracked.length + nested.length > 0) return false;
  if ((await repository.ownRepositories(request.path)).length > 0) return false;
  return (await repository.isOnBranch(request.path)) || (await repository.headOf(request.path)) === undefined;
}

/** Puts a commit under the first ref of its owner that is free, never over an earlier one, and records it. */
export async function keepCommit(
  { store, repository }: Place,
  request: SaveRequest,
  commit: CommitId,
  leftOut: Snapshot['leftOut'] = [],
): Promise<Snapshot> {
  const ref = await freeRef(repository, request, commit);
  return store.transaction((tx) =>
    recordSnapshot(tx, {
      ref,
      commit,
      workspace: request.path,
      reason: request.reason,
      leftOut,
      ...defined({ runId: request.runId, taskId: request.taskId, attempt: request.attempt }),
    }),
  );
}

/**
 * Keeps the commits that an agent made and went away from, under one snapshot: only its workspace knows them, until
 * it is removed.
 */
export async function keepAbandoned(place: Place, request: SaveRequest): Promise<void> {
  const { repository } = place;
  if (!existsSync(request.path)) return;
  const [newest, ...others] = await repository.abandonedCommits(request.path);
  if (newest === undefined) return;
  const reason = 'commits that its agent went away from';
  const commit =
    others.length === 0
      ? newest
      : await repository.commitTree({
          tree: await repository.treeOf(newest),
          parents: [newest, ...others],
          message: `Snapshot of ${request.taskId ?? 'a workspace'}: ${reason}\n`,
        });
  await keepCommit(place, { ...request, reason }, commit);
}

async function freeRef(repository: Repository, request: SaveRequest, commit: CommitId): Promise<string> {
  const owner = request.runId ?? 'hand';
  const name = request.taskId === undefined ? 'workspace' : `${request.taskId}.${request.attempt ?? 0}`;
  for (let number = 1; ; number += 1) {
    const ref = `refs/callsheet/snapshots/${owner}/${name}.${number}`;
    if (await repository.updateRef(ref, commit, undefined)) return ref;
  }
}
