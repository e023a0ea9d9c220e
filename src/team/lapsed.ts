import { reapSessions } from '../guard/index.js';
import type { Store } from '../store/index.js';
import { hasLapsed, reapLapsed } from '../task/index.js';
import { closeClaim, tellProgress, whatNext } from './tell.js';

/**
 * Takes back the claims by hand whose lease has run out, so that no command shows or refuses what is long over.
 * Tasks of a run are left to its engine. A live session holds its own as long as its client's process goes on.
 */
export async function takeBackLapsed(store: Store): Promise<void> {
  await reapSessions(store);
  if (!(await hasLapsed(store, store.clock.now(), { standAlone: true }))) return;
  await store.transaction(async (tx) => {
    for (const { held, now } of await reapLapsed(tx, { standAlone: true })) {
      await closeClaim(tx, { taskId: held.id, attempt: held.attempt });
      const why = now.reason ?? 'its lease ran out';
      await tellProgress(tx, now, `${held.id} was taken back: ${why}. ${whatNext(now)}`);
    }
  });
}
