import { TESTED_TOGETHER } from './bound.js';
import type { Job } from './draw.js';

export interface ListSchedule {
  jobs: readonly Job[];
  workers: number;
  /** A free worker takes the ready job that has most of it. */
  rankOf: (job: Job) => number;
  gateMs: number;
  /** The pause after the n-th failure, in which the worker does something else. */
  pauseMs?: (failures: number) => number;
}

interface Moment {
  atMs: number;
  happens: () => void;
}

/**
 * How long it takes when a free worker always takes the best ready job, and nothing else costs any time: a simulation
 * event by event, without callsheet. Done jobs wait for the gate, which tests up to {@link TESTED_TOGETHER} of them at a
 * time; what waits for a job begins when that has landed.
 */
export function listScheduleMs({ jobs, workers, rankOf, gateMs, pauseMs = () => 0 }: ListSchedule): number {
  const ranks = new Map(jobs.map((job) => [job, rankOf(job)]));
  const open = new Map(jobs.map((job) => [job.id, new Set(job.after.filter((id) => jobs.some((each) => each.id === id)))]));
  const failures = new Map<Job, number>();
  const moments: Moment[] = [];
  const ready: Job[] = jobs.filter((job) => open.get(job.id)?.size === 0);
  let [nowMs, free, landed] = [0, workers, 0];
  let queue: Job[] = [];
  let isTesting = false;

  const later = (ms: number, happens: () => void): void => void moments.push({ atMs: nowMs + ms, happens });
  const land = (done: Job[]): void => {
    landed += done.length;
    for (const { id } of done) {
      for (const job of jobs) {
        const needs = open.get(job.id);
        if (needs?.delete(id) === true && needs.size === 0) ready.push(job);
      }
    }
  };
  const test = (): void => {
    if (isTesting || queue.length === 0) return;
    const [tested, rest] = [queue.slice(0, TESTED_TOGETHER), queue.slice(TESTED_TOGETHER)];
    queue = rest;
    isTesting = true;
    later(gateMs, () => {
      isTesting = false;
      land(tested);
    });
  };
  const end = (job: Job): void => {
    free += 1;
    const failed = failures.get(job) ?? 0;
    if (failed === job.attemptsMs.length - 1) return void queue.push(job);
    failures.set(job, failed + 1);
    later(pauseMs(failed + 1), () => ready.push(job));
  };
  const begin = (): void => {
    while (free > 0 && ready.length > 0) {
      const best = ready.reduce((one, other) => ((ranks.get(other) ?? 0) > (ranks.get(one) ?? 0) ? other : one));
      ready.splice(ready.indexOf(best), 1);
      free -= 1;
      later(best.attemptsMs[failures.get(best) ?? 0] ?? 0, () => end(best));
    }
  };

  for (;;) {
    begin();
    if (landed === jobs.length) return nowMs;
    const next = moments.reduce((one, other) => (other.atMs < one.atMs ? other : one));
    nowMs = next.atMs;
    for (const { happens } of moments.filter((each) => each.atMs === nowMs)) happens();
    moments.splice(0, moments.length, ...moments.filter((each) => each.atMs > nowMs));
    test();
  }
}
