import { longestWays, workOf } from './bound.js';
import type { Job } from './draw.js';
import { listScheduleMs } from './list-schedule.js';

/** So many orders are tried beside the usual ones. More find little: 1 % of the makespan with ten times as many. */
const TRIES = 300;

export interface Known {
  /** Always the longest way to the end first, by the true durations. */
  foreseenMs: number;
  /** The shortest of all that were tried. */
  bestMs: number;
}

/**
 * What somebody could do who knows how long everything will take: to tell how much of the distance to the bound is the
 * batch's own. `bestMs` comes of a search (the order changed a little, kept when it is no worse), so the shortest
 * there is may be shorter still.
 */
export function bestKnown(
  jobs: readonly Job[],
  { workers, gateMs, boundMs }: { workers: number; gateMs: number; boundMs: number },
  random: () => number,
): Known {
  const msOf = (ranks: ReadonlyMap<string, number>): number =>
    Math.min(
      ...[false, true].map((isPatient) => listScheduleMs({ jobs, workers, ranks, gateMs, isPatient })),
    );
  let ranks = longestWays(jobs, (job) => workOf(job) + gateMs);
  const foreseenMs = msOf(ranks);
  let bestMs = foreseenMs;
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
  return { foreseenMs, bestMs };
}
