import { heldBytes, type Repository } from '../git/index.js';
import {
  findForgettableSnapshots,
  findSessionSnapshots,
  forgetSnapshot,
  SESSION_SNAPSHOTS,
  type Snapshot,
} from '../snapshot/index.js';
import type { Store } from '../store/index.js';

const MAX_AGE_MS = 30 * 86_400_000;
/** Of a checkout, and of each kind. */
const MOST = 200;
const MAX_BYTES = 1_000_000_000;
/** Of a checkout, and of each kind, however much they hold. */
const FEWEST = 5;

export interface SnapshotLimits {
  /** At most so many go, the oldest. Default all. */
  atOnce?: number;
  /** What they hold together, and no branch does, as it lies on disk. Default 1 GB. */
  maxBytes?: number;
  /** Only says what would go. */
  dryRun?: boolean;
}

interface Place {
  store: Store;
  repository: Pick<Repository, 'root' | 'resolve' | 'deleteRef'>;
}

/**
 * Removes the snapshots of live sessions that are older than 30 days, or of which a checkout has 200 newer ones; and of
 * the rest the oldest, down to the newest 5 of a checkout, as long as they hold more than `maxBytes` together. Never one
 * that a live session, or a task that is open, may need. git drops what they held when it cleans up.
 * @returns How many are gone, or would be.
 */
export async function pruneSnapshots(
  place: Place,
  { dryRun = false, atOnce = Infinity, maxBytes = MAX_BYTES }: SnapshotLimits = {},
): Promise<number> {
  const going = (await tooMany(place, maxBytes)).slice(0, atOnce);
  if (dryRun) return going.length;
  let gone = 0;
  for (const snapshot of going) if (await remove(place, snapshot)) gone += 1;
  return gone;
}

async function tooMany(place: Place, maxBytes: number): Promise<Snapshot[]> {
  const { store } = place;
  const beforeMs = store.clock.now() - MAX_AGE_MS;
  const old = await findForgettableSnapshots(store, { beforeMs, most: MOST });
  const staying = without(await findSessionSnapshots(store), old);
  if ((await bytesOf(place, staying)) <= maxBytes) return old;
  const more = without(await findForgettableSnapshots(store, { beforeMs, most: FEWEST }), old);
  const count = await fewestThat(more.length, async (some) => {
    return (await bytesOf(place, without(staying, more.slice(0, some)))) <= maxBytes;
  });
  return [...old, ...more.slice(0, count)];
}

function without(all: readonly Snapshot[], some: readonly Snapshot[]): Snapshot[] {
  const ids = new Set(some.map(({ id }) => id));
  return all.filter(({ id }) => !ids.has(id));
}

async function bytesOf({ repository }: Place, snapshots: readonly Snapshot[]): Promise<number> {
  if (snapshots.length === 0) return 0;
  const commits = snapshots.map(({ commit }) => commit);
  return heldBytes(repository.root, commits, Object.values(SESSION_SNAPSHOTS));
}

/** The smallest number up to `most` that is enough, if `most` itself is: more is enough whenever fewer are. */
async function fewestThat(most: number, isEnough: (count: number) => Promise<boolean>): Promise<number> {
  let [tooFew, enough] = [0, most];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (await isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/** The ref goes first: what is not in the sheet any more nobody would find. */
async function remove({ store, repository }: Place, { id, ref, commit }: Snapshot): Promise<boolean> {
  const isGone = (await repository.deleteRef(ref, commit)) || (await repository.resolve(ref)) === undefined;
  if (isGone) await store.transaction((tx) => forgetSnapshot(tx, id));
  return isGone;
}
