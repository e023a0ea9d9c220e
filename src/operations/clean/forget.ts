import { countNoticesOfEnded, forgetNoticesOfEnded } from '../../notice/index.js';
import { countSeenOfEnded, forgetSeenOfEnded } from '../../read/index.js';
import type { Store } from '../../store/index.js';
import { countForgettable, forgetWrites } from '../../write/index.js';

/** How many records of each kind. */
export interface Forgotten {
  /** Who wrote what. */
  writes: number;
  /** What sessions had seen. */
  seen: number;
  /** What sessions were told, or were to be. */
  notices: number;
}

/** As long as contents are kept that nobody uses. */
const MAX_AGE_MS = 30 * 86_400_000;
/** Others write meanwhile. */
const AT_ONCE = 2_000;

/** Forgets what sessions did and saw that ended long ago; never what a live one needs. */
export async function forgetOldRecords(store: Store, { dryRun }: { dryRun: boolean }): Promise<Forgotten> {
  const beforeMs = store.clock.now() - MAX_AGE_MS;
  if (dryRun)
    return {
      writes: await countForgettable(store, beforeMs),
      seen: await countSeenOfEnded(store, beforeMs),
      notices: await countNoticesOfEnded(store, beforeMs),
    };
  const seen = await store.transaction((tx) => forgetSeenOfEnded(tx, beforeMs));
  const notices = await store.transaction((tx) => forgetNoticesOfEnded(tx, beforeMs));
  let writes = 0;
  for (let more = AT_ONCE; more === AT_ONCE; writes += more)
    more = await store.transaction((tx) => forgetWrites(tx, beforeMs, AT_ONCE));
  return { writes, seen, notices };
}
