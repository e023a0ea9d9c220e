import type { Snapshot } from '../../snapshot/index.js';
import type { Context } from '../operation.js';
import { requireCommit, snapshotDocument } from './describe.js';
import { fillFolder } from './new-folder.js';

/** Writes the files of a snapshot into a folder that is new or empty: nothing can be overwritten. */
export async function restoreInto(
  context: Context,
  snapshot: Snapshot,
  to: string,
  paths: readonly string[],
) {
  const commit = await requireCommit(context, snapshot);
  const repository = await context.repository();
  const { folder, filled: files } = await fillFolder(context, to, (content) =>
    repository.exportFiles(commit, content, paths),
  );
  return { kind: 'restored' as const, snapshot: snapshotDocument(snapshot), folder, files, savedAs: null };
}
