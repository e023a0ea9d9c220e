import { DEFAULT_LEASE_MS, heartbeat, type Task } from '../task/index.js';
import { startAttempt, type RunningAttempt, type WorkerPlace } from '../worker/index.js';
import { holdResources, NotNow, unlessNotNow } from './dispatch.js';
import type { Pool } from './pool.js';

/**
 * Takes up an attempt that was held: same worker, same workspace. Undefined when the task is not one of our
 * workers', or its resources are held by others now; nothing is written then.
 */
export async function goOn(place: WorkerPlace, pool: Pool, task: Task): Promise<RunningAttempt | undefined> {
  const { store, run } = place.site;
  const { claimedBy } = task;
  if (claimedBy === undefined) return undefined;
  const claim = { taskId: task.id, attempt: task.attempt };
  const post = await unlessNotNow(
    store.transaction(async (tx) => {
      const back = await pool.takeBack(tx, claimedBy);
      if (back === undefined || !(await holdResources(tx, run.id, task, claim, claimedBy)))
        throw new NotNow();
      await heartbeat(tx, claim, DEFAULT_LEASE_MS);
      return { claim, ...back };
    }),
  );
  if (post === undefined) return undefined;
  pool.took(post.agent);
  return startAttempt(place, post);
}
