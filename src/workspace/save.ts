import { existsSync } from 'node:fs';
import type { CommitId, Repository } from '../git/index.js';
import { recordSnapshot, type Snapshot } from '../snapshot/index.js';
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

/**
 * Takes a snapshot of a workspace: a commit under `refs/callsheet/snapshots/`, recorded in the sheet.
 * Undefined when the folder is gone, or is clean with its head on a ref already.
 */
export async function saveWorkspace(
  place: { store: Store; repository: Repository },
  request: SaveRequest,
  options: { always?: boolean } = {},
): Promise<Snapshot | undefined> {
  const { store, repository } = place;
  if (!existsSync(request.path)) return undefined;
  if (options.always !== true && (await isSafeAlready(repository, request))) return undefined;
  const saved = await repository.save(request.path, {
    message: `Snapshot of ${request.taskId ?? 'a workspace'}: ${request.reason}`,
    ...defined({ keep: request.keep }),
  });
  const ref = await keepUnderRef(repository, request, saved.commit);
  return store.transaction((tx) =>
    recordSnapshot(tx, {
      ref,
      commit: saved.commit,
      workspace: request.path,
      reason: request.reason,
      leftOut: saved.leftOut,
      ...defined({ runId: request.runId, taskId: request.taskId, attempt: request.attempt }),
    }),
  );
}

async function isSafeAlready(repository: Repository, request: SaveRequest): Promise<boolean> {
  if ((request.keep ?? []).length > 0) return false;
  const { tracked, untracked, nested } = await repository.status(request.path);
  if (tracked.length + untracked.length + nested.length > 0) return false;
  return (await repository.isOnBranch(request.path)) || (await repository.headOf(request.path)) === undefined;
}

/** Puts the snapshot under the first ref of its owner that is free: never over an earlier one. */
async function keepUnderRef(repository: Repository, request: SaveRequest, commit: CommitId): Promise<string> {
  const owner = request.runId ?? 'hand';
  const name = request.taskId === undefined ? 'workspace' : `${request.taskId}.${request.attempt ?? 0}`;
  for (let number = 1; ; number += 1) {
    const ref = `refs/callsheet/snapshots/${owner}/${name}.${number}`;
    if (await repository.updateRef(ref, commit, undefined)) return ref;
  }
}
