import { longestWays, workOf } from './bound.js';
import type { Job } from './draw.js';
import { listScheduleMs } from './list-schedule.js';

/** So many orders are tried beside the usual ones. More find little: 1 % of the makespan with ten times as many. */
const TRIES = 300;

/**
 * What somebody could do who knows how long everything will take, in milliseconds: to tell how much of the distance to
 * the bound is the batch's own. It begins with the longest way to the end first and comes of a search (the order changed
 * a little, kept when it is no worse), so the shortest there is may be shorter still.
 */
export function bestKnownMs(
  jobs: readonly Job[],
  { workers, gateMs, boundMs }: { workers: number; gateMs: number; boundMs: number },
  random: () => number,
): number {
  const msOf = (ranks: ReadonlyMap<string, number>): number =>
    Math.min(
      ...[false, true].map((isPatient) => listScheduleMs({ jobs, workers, ranks, gateMs, isPatient })),
    );
  let ranks = longestWays(jobs, (job) => workOf(job) + gateMs);
  let bestMs = msOf(ranks);
  for (let tries = 0; tries < TRIES && bestMs > boundMs; tries += 1) {
    const changed = new Map(ranks);
    for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes -= 1) {
      const { id } = jobs[Math.floor(random() * jobs.length)] ?? { id: '' };
      changed.set(id, (changed.get(id) ?? 0) * Math.exp(2 * random() - 1));
    }
    const ms = msOf(changed);
    if (ms > bestMs) continue;
    bestMs = ms;
    ranks = changed;
  }
  return bestMs;
}
