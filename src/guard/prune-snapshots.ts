import type { Repository } from '../git/index.js';
import { findForgettableSnapshots, forgetSnapshot, type Snapshot } from '../snapshot/index.js';
import type { Store } from '../store/index.js';

const MAX_AGE_MS = 30 * 86_400_000;
/** Of a checkout, and of each kind. */
const MOST = 200;

/**
 * Removes the snapshots of live sessions that are older than 30 days, or of which a checkout has 200 newer ones; never
 * one that a live session, or a task that is open, may need. git drops what they held when it cleans up.
 * @param atOnce At most so many, the oldest. Default all.
 * @returns How many are gone, or would be.
 */
export async function pruneSnapshots(
  { store, repository }: { store: Store; repository: Pick<Repository, 'resolve' | 'deleteRef'> },
  { dryRun = false, atOnce = Infinity }: { dryRun?: boolean; atOnce?: number } = {},
): Promise<number> {
  const bounds = { beforeMs: store.clock.now() - MAX_AGE_MS, most: MOST };
  const going = (await findForgettableSnapshots(store, bounds)).slice(0, atOnce);
  if (dryRun) return going.length;
  let gone = 0;
  for (const snapshot of going) if (await remove(store, repository, snapshot)) gone += 1;
  return gone;
}

/** The ref goes first: what is not in the sheet any more nobody would find. */
async function remove(
  store: Store,
  repository: Pick<Repository, 'resolve' | 'deleteRef'>,
  { id, ref, commit }: Snapshot,
): Promise<boolean> {
  const isGone = (await repository.deleteRef(ref, commit)) || (await repository.resolve(ref)) === undefined;
  if (isGone) await store.transaction((tx) => forgetSnapshot(tx, id));
  return isGone;
}
