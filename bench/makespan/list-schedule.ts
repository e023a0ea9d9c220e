import { TESTED_TOGETHER } from './bound.js';
import type { Job } from './draw.js';

export interface ListSchedule {
  jobs: readonly Job[];
  workers: number;
  /** A free worker takes the ready job that has most of it. */
  ranks: ReadonlyMap<string, number>;
  gateMs: number;
  /** A worker waits for a job of higher rank that becomes ready when what is under test lands. */
  isPatient: boolean;
}

/**
 * How long a list scheduler needs, to which nothing costs any time but the jobs and the gate: event by event, without
 * callsheet. Done jobs are tested {@link TESTED_TOGETHER} at a time at the most; what waits for a job begins when
 * that has landed. A failed attempt is followed by the next one at once.
 */
export function listScheduleMs(schedule: ListSchedule): number {
  return new Floor(schedule).run();
}

interface Moment {
  atMs: number;
  happens: () => void;
}

class Floor {
  private readonly open: Map<string, Set<string>>;
  private readonly waiting: Map<string, Job[]>;
  private readonly failures = new Map<Job, number>();
  private readonly ready: Job[];
  private moments: Moment[] = [];
  private queue: Job[] = [];
  private underTest: Job[] = [];
  private nowMs = 0;
  private landed = 0;
  private free: number;

  constructor(private readonly schedule: ListSchedule) {
    const { jobs, workers } = schedule;
    this.free = workers;
    this.open = new Map(jobs.map((job) => [job.id, new Set(job.after)]));
    this.waiting = new Map(jobs.map((job) => [job.id, jobs.filter((each) => each.after.includes(job.id))]));
    this.ready = jobs.filter((job) => job.after.length === 0);
  }

  run(): number {
    for (;;) {
      this.test();
      this.begin();
      if (this.landed === this.schedule.jobs.length) return this.nowMs;
      this.nowMs = Math.min(...this.moments.map((each) => each.atMs));
      const due = this.moments.filter((each) => each.atMs === this.nowMs);
      this.moments = this.moments.filter((each) => each.atMs > this.nowMs);
      for (const { happens } of due) happens();
    }
  }

  private test(): void {
    while (this.underTest.length === 0 && this.queue.length > 0) {
      this.underTest = this.queue.splice(0, TESTED_TOGETHER);
      if (this.schedule.gateMs === 0) this.land();
      else this.later(this.schedule.gateMs, () => this.land());
    }
  }

  private land(): void {
    const done = this.underTest;
    this.underTest = [];
    this.landed += done.length;
    for (const { id } of done) {
      for (const job of this.waiting.get(id) ?? []) {
        const needs = this.open.get(job.id);
        if (needs?.delete(id) === true && needs.size === 0) this.ready.push(job);
      }
    }
  }

  private begin(): void {
    while (this.free > 0 && this.ready.length > 0) {
      const best = this.ready.reduce((one, other) => (this.rankOf(other) > this.rankOf(one) ? other : one));
      if (this.schedule.isPatient && this.comingBefore(best) >= this.free) return;
      this.ready.splice(this.ready.indexOf(best), 1);
      this.free -= 1;
      this.later(best.attemptsMs[this.failures.get(best) ?? 0] ?? 0, () => this.end(best));
    }
  }

  private end(job: Job): void {
    this.free += 1;
    const failed = this.failures.get(job) ?? 0;
    if (failed === job.attemptsMs.length - 1) this.queue.push(job);
    else {
      this.failures.set(job, failed + 1);
      this.ready.push(job);
    }
  }

  private comingBefore(best: Job): number {
    const landing = new Set([...this.underTest, ...this.queue].map((job) => job.id));
    if (landing.size === 0) return 0;
    const isComing = ({ id }: Job): boolean => {
      const needs = [...(this.open.get(id) ?? [])];
      return needs.length > 0 && needs.every((needed) => landing.has(needed));
    };
    return this.schedule.jobs.filter((job) => this.rankOf(job) > this.rankOf(best) && isComing(job)).length;
  }

  private rankOf(job: Job): number {
    return this.schedule.ranks.get(job.id) ?? 0;
  }

  private later(ms: number, happens: () => void): void {
    this.moments.push({ atMs: this.nowMs + ms, happens });
  }
}
