import { newestGateMs } from '../gate/index.js';
import { findComingWays, findDoneTimes, type TaskOutline } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import { estimateOf, scaleOf } from './estimate.js';

// Measured with real task graphs (bench/results/makespan.md): without it a freed worker begins something of less
// weight a moment before its successor is ready, and the longest chain waits for that; with more, workers idle.
const SHARE = 1 / 4;

/** Whether a free worker should rather wait for a task that is about to become ready than take the best that is. */
export interface Patience {
  /** Nothing is waited for, until {@link isBetterToWait} says so again; with `true` also the time waited is forgotten. */
  reset(isOver: boolean): void;
  /** @param free How many workers are free: all but as many as there is something to wait for take what is there. */
  isBetterToWait(task: TaskOutline, free: number): Promise<boolean>;
  /** When the waiting is over, in Unix milliseconds, if there is any. */
  readonly until: number | undefined;
}

/**
 * A worker waits while work lands that makes tasks ready with a longer way to the end, for at most a quarter of the
 * time that the task at hand may take. A gate that took longer the last time is not waited for.
 */
export function openPatience({ store, run }: Site): Patience {
  let since: number | undefined;
  // Read once for each time that somebody begins to wait: it is asked at every step of the engine.
  let scale = 1;
  let until: number | undefined;

  const isBetterToWait = async (task: TaskOutline, free: number): Promise<boolean> => {
    const coming = await findComingWays(store, run.id, free);
    if (coming.length < free || coming.some((wayMs) => wayMs <= task.pathMs)) return false;
    if (since === undefined) scale = scaleOf(await findDoneTimes(store, run.id)) ?? 1;
    const limitMs = estimateOf(task) * scale * SHARE;
    if (((await newestGateMs(store, run.id)) ?? 0) > limitMs) return false;
    const now = store.clock.now();
    since ??= now;
    if (now >= since + limitMs) return false;
    until = since + limitMs;
    return true;
  };
  return {
    get until() {
      return until;
    },
    isBetterToWait,
    reset(isOver) {
      until = undefined;
      if (isOver) since = undefined;
    },
  };
}
