import { CallsheetError } from '../../error/index.js';
import type { ChangedPath } from '../../git/index.js';
import type { Snapshot } from '../../snapshot/index.js';
import { defined } from '../../store/index.js';
import type { Context } from '../operation.js';
import { iso } from '../time.js';

/** A snapshot as every face shows it. */
export function snapshotDocument(snapshot: Snapshot) {
  const { id, ref, commit, workspace, runId, taskId, attempt, reason, leftOut, createdAt } = snapshot;
  return defined({
    ...{ id, ref, commit, workspace, run: runId, task: taskId, attempt, reason, leftOut },
    at: iso(createdAt),
  });
}

/** What a snapshot holds that its parent commit does not. */
export async function describeSnapshot(context: Context, snapshot: Snapshot) {
  const repository = await context.repository();
  const commit = await requireCommit(context, snapshot);
  const parent = await repository.parentOf(commit);
  const files: ChangedPath[] = parent === undefined ? [] : await repository.changedPaths(parent, commit);
  return { kind: 'snapshot' as const, snapshot: snapshotDocument(snapshot), files };
}

/** @throws {CallsheetError} `SNAPSHOT_GONE` when git does not have it any more. */
export async function requireCommit(context: Context, snapshot: Snapshot): Promise<string> {
  const repository = await context.repository();
  const commit = await repository.resolve(snapshot.commit);
  if (commit !== undefined) return commit;
  throw new CallsheetError(
    'SNAPSHOT_GONE',
    `git does not have the commit ${snapshot.commit} of ${snapshot.id} any more. Nothing was written.`,
    {
      hint: `Its ref was ${snapshot.ref}; another clone may still have it.`,
    },
  );
}
