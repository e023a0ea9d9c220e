import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CallsheetError } from '../../error/index.js';
import {
  retryVanished,
  temporaryFolder,
  temporaryName,
  type Repository,
  type SavedWorkspace,
} from '../../git/index.js';
import { appendEvent } from '../../event/index.js';
import type { Snapshot } from '../../snapshot/index.js';
import { defined } from '../../store/index.js';
import { keepCommit } from '../../workspace/index.js';
import type { Context } from '../operation.js';
import { requireCommit, snapshotDocument } from './describe.js';
import { putFilesBack, targetOf, type Target } from './put-files-back.js';
import { shownNames } from '../../text/index.js';

/**
 * Puts files of a snapshot back into the checkout, after a snapshot of the checkout as it is, which has in any case what
 * these files hold. All is looked at before the first is changed.
 * @throws {CallsheetError} `SNAPSHOT_WITHOUT_FILE` (usage), `FILE_CHANGED` when one has changes that are not committed,
 * `FILE_NOT_KEPT`, and what {@link targetOf} and {@link putFilesBack} throw.
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
    const targets = files.map((path) => targetOf(beside, root, path));
    const saved = await saveBefore(context, repository, snapshot, targets, force);
    await putFilesBack(beside, root, targets, saved.id);
    await store.transaction((tx) =>
      appendEvent(tx, {
        type: 'snapshot.restored',
        ...defined({ agentId: context.actor.agentId, taskId: snapshot.taskId }),
        data: { snapshot: snapshot.id, paths: files, savedAs: saved.id },
      }),
    );
    return {
      kind: 'restored' as const,
      snapshot: snapshotDocument(snapshot),
      folder: root,
      files,
      savedAs: saved.id,
    };
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

async function saveBefore(
  { sheet: { store, root } }: Context,
  repository: Repository,
  { id }: Snapshot,
  targets: readonly Target[],
  force: boolean,
): Promise<Snapshot> {
  const reason = `before ${targets.length} files were put back from ${id}`;
  const message = `Snapshot of a workspace: ${reason}`;
  return retryVanished(async () => {
    const saved = await repository.save(root, { message, files: targets.map(({ place }) => place) });
    requireKept(saved, targets);
    if (!force) await requireUnchanged(repository, saved, targets);
    return keepCommit({ store, repository }, { path: root, reason }, saved.commit, saved.leftOut);
  });
}

function requireKept({ leftOut }: SavedWorkspace, targets: readonly Target[]): void {
  const places = new Set(targets.map(({ place }) => place));
  const lost = leftOut.filter(({ path }) => places.has(path));
  const [first] = lost;
  if (first === undefined) return;
  const names = lost.map(({ path }) => path);
  throw new CallsheetError(
    'FILE_NOT_KEPT',
    `What is in ${shownNames(names, 5)} now could not be saved (${first.reason}). Nothing was written.`,
    {
      hint: 'Move it away, or write the old file elsewhere with --to DIR.',
      data: { files: names },
    },
  );
}

/**
 * Whether all that are there are as they were committed: what git ignores, or was told to take for unchanged, counts too.
 */
async function requireUnchanged(
  repository: Repository,
  { commit }: SavedWorkspace,
  targets: readonly Target[],
): Promise<void> {
  const head = await repository.parentOf(commit);
  const changed = new Set(
    head === undefined
      ? await repository.filesAt(commit)
      : (await repository.changedPaths(head, commit)).map(({ path }) => path),
  );
  const isHit = ({ place, stamp }: Target): boolean => stamp !== '' && changed.has(place);
  const hit = targets.filter(isHit).map(({ path }) => path);
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
