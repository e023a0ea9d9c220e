import { cp, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CallsheetError, errorCode } from '../../error/index.js';
import { atPathInside, temporaryFolder, temporaryName } from '../../git/index.js';
import { appendEvent } from '../../event/index.js';
import type { Snapshot } from '../../snapshot/index.js';
import { defined } from '../../store/index.js';
import { saveWorkspace } from '../../workspace/index.js';
import type { Context } from '../operation.js';
import { requireCommit, snapshotDocument } from './describe.js';
import { shownNames } from '../../text/index.js';

/**
 * Puts files of a snapshot back into the checkout, after a snapshot of the checkout as it is.
 * @throws {CallsheetError} `FILE_CHANGED` when one has changes that are not committed, `SNAPSHOT_WITHOUT_FILE`.
 */
export async function restoreFiles(
  context: Context,
  snapshot: Snapshot,
  paths: readonly string[],
  force: boolean,
) {
  const { store, root, commonDir } = context.sheet;
  const repository = await context.repository();
  const commit = await requireCommit(context, snapshot);
  const temporary = temporaryFolder(commonDir);
  await mkdir(temporary, { recursive: true });
  const beside = await mkdtemp(join(temporary, `${temporaryName('undo')}-`));
  try {
    const files = await repository.exportFiles(commit, beside, paths);
    if (files.length === 0) throw withoutFile(snapshot, paths);
    if (!force) await requireUnchanged(context, files);
    const request = { path: root, reason: `before ${files.length} files were put back from ${snapshot.id}` };
    const saved = await saveWorkspace({ store, repository }, request, { always: true });
    for (const path of files) await putBack(beside, root, path);
    await store.transaction((tx) =>
      appendEvent(tx, {
        type: 'snapshot.restored',
        ...defined({ agentId: context.actor.agentId, taskId: snapshot.taskId }),
        data: { snapshot: snapshot.id, paths: files, savedAs: saved?.id },
      }),
    );
    return {
      kind: 'restored' as const,
      snapshot: snapshotDocument(snapshot),
      folder: root,
      files,
      savedAs: saved?.id ?? null,
    };
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

async function requireUnchanged(context: Context, files: readonly string[]): Promise<void> {
  const { tracked, untracked } = await (await context.repository()).status(context.sheet.root);
  const changed = new Set([...tracked.map(({ path }) => path), ...untracked]);
  const hit = files.filter((path) => changed.has(path));
  if (hit.length === 0) return;
  throw new CallsheetError(
    'FILE_CHANGED',
    `${shownNames(hit, 5)} has changes that are not committed. Nothing was written.`,
    {
      hint: 'Commit them, write the old file elsewhere with --to DIR, or give --force: the checkout is saved before.',
      data: { files: hit },
    },
  );
}

/** Copies a file or link as it is, into a folder of the checkout that no link leads to. */
async function putBack(from: string, root: string, path: string): Promise<void> {
  await atPathInside(root, path, async (target) => {
    if (await isFolder(target))
      throw new CallsheetError('FILE_IS_FOLDER', `${path} is a folder now. It was not put back.`, {
        hint: 'Write it elsewhere: --to DIR',
      });
    await rm(target, { force: true });
    await cp(join(from, path), target, { verbatimSymlinks: true, errorOnExist: true, force: false });
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function withoutFile(snapshot: Snapshot, paths: readonly string[]): CallsheetError {
  return new CallsheetError(
    'SNAPSHOT_WITHOUT_FILE',
    `${snapshot.id} has no ${paths.join(', ')}. Nothing was written.`,
    {
      exit: 'usage',
      hint: `See what it has: git ls-tree -r --name-only ${snapshot.commit}`,
    },
  );
}
