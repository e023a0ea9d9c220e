import { median } from '../support/statistics.js';
import type { Batch } from './workloads.js';

/** A task with what will happen to it: nobody who schedules knows more than `after`, `estimateMs` and `files`. */
export interface Job {
  id: string;
  after: string[];
  /** How long each attempt takes, in milliseconds; all but the last fail. */
  attemptsMs: number[];
  estimateMs: number;
  /** What it declares that it will write. */
  files: string[];
  /** The line that it writes in each of them. */
  lines: number[];
}

export interface Chances {
  agentSeconds: readonly number[];
  /** What the median of the durations becomes, in milliseconds; by default they stay as they are. */
  medianMs?: number;
  /** Of the estimates: the standard deviation of the logarithm of estimate over duration. */
  sigma: number;
  /** The share of attempts that fail. */
  failing: number;
  /** Sets of files that were changed together; without any, tasks declare none. */
  fileSets: readonly string[][];
}

/**
 * Two tasks that write one file at once conflict when their lines are the same or neighbours: with seven lines in 39 % of
 * cases. So often do two commits of flask's history that follow each other in one file (of express: 32 %).
 */
export const LINES_OF_A_FILE = 7;

/** A task that fails more often is given up by callsheet, and all that waits for it with it. */
const MOST_FAILURES = 2;

/** Gives the tasks of a batch durations, estimates, failures and files, by chance. */
export function drawJobs(batch: Batch, chances: Chances, random: () => number): Job[] {
  const { agentSeconds, sigma, fileSets } = chances;
  const scale = chances.medianMs === undefined ? 1_000 : chances.medianMs / median(agentSeconds);
  const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(random() * values.length)];
  const durationMs = (): number => Math.max(1, Math.round((pick(agentSeconds) ?? 1) * scale));
  return batch.tasks.map(({ id, after }) => {
    const lastMs = durationMs();
    const attemptsMs = [lastMs];
    while (attemptsMs.length <= MOST_FAILURES && random() < chances.failing) attemptsMs.unshift(durationMs());
    const estimateMs = Math.max(1, Math.round(lastMs * Math.exp(sigma * normal(random))));
    const files = pick(fileSets) ?? [];
    const lines = files.map(() => Math.floor(random() * LINES_OF_A_FILE));
    return { id, after, attemptsMs, estimateMs, files, lines };
  });
}

/** A number of the standard normal distribution (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
