import type { Job } from './draw.js';

/** What no schedule can be faster than, in milliseconds, and what it comes from. */
export interface Bound {
  ms: number;
  /** The longest chain of dependencies, each task with all its attempts and one gate. */
  chainMs: number;
  /** All attempts shared evenly by the workers, and the gate of the last. */
  workMs: number;
  /** The gates one after another, at the fewest, after the first task that can end. */
  gatesMs: number;
}

/** So many landings share one gate at the most. */
export const TESTED_TOGETHER = 8;

/**
 * The larger of three: no task is landed before those it waits for, no worker does two things at once, and the gate
 * runs one at a time on at most {@link TESTED_TOGETHER} landings. Failed attempts count as work that has to be done;
 * what a conflict makes to be done again does not, since another schedule would have had none.
 */
export function boundOf(jobs: readonly Job[], workers: number, gateMs: number): Bound {
  const work = jobs.reduce((sum, job) => sum + workOf(job), 0);
  const chainMs = Math.max(0, ...longestWays(jobs, (job) => workOf(job) + gateMs).values());
  const workMs = jobs.length === 0 ? 0 : work / workers + gateMs;
  const first = Math.min(...jobs.filter((job) => job.after.length === 0).map(workOf));
  const gatesMs = jobs.length === 0 ? 0 : first + Math.ceil(jobs.length / TESTED_TOGETHER) * gateMs;
  return { ms: Math.max(chainMs, workMs, gateMs === 0 ? 0 : gatesMs), chainMs, workMs, gatesMs };
}

/** All its attempts, in milliseconds. */
export function workOf(job: Job): number {
  return job.attemptsMs.reduce((sum, ms) => sum + ms, 0);
}

/** From the start of each job to the end of the longest chain through those that wait for it. */
export function longestWays<T extends { id: string; after: readonly string[] }>(
  jobs: readonly T[],
  msOf: (job: T) => number,
): Map<string, number> {
  const waiting = new Map<string, T[]>(jobs.map((job) => [job.id, []]));
  for (const job of jobs) for (const needed of job.after) waiting.get(needed)?.push(job);
  const ways = new Map<string, number>();
  const wayOf = (job: T): number => {
    const known = ways.get(job.id);
    if (known !== undefined) return known;
    const rest = Math.max(0, ...(waiting.get(job.id) ?? []).map(wayOf));
    ways.set(job.id, msOf(job) + rest);
    return msOf(job) + rest;
  };
  for (const job of jobs) wayOf(job);
  return ways;
}
