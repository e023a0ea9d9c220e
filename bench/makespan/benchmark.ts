import { randomFrom } from '../../test/support/seeds.js';
import { bestKnownMs } from './best-known.js';
import { boundOf, longestWays } from './bound.js';
import { drawJobs, type Chances, type Job } from './draw.js';
import { listScheduleMs } from './list-schedule.js';
import { runInRealTime, type Programs } from './sample.js';
import { simulate } from './simulate.js';
import type { Batch } from './workloads.js';

/** Tasks in a batch. */
export const BATCH_SIZE = 40;
/** A batch with fewer dependencies, one for five tasks, says little about order. */
export const FEWEST_EDGES = 8;
export const WORKERS = [2, 4, 8] as const;
const SIGMA = 0.6;
const FAILING = 0.1;
/** About a tenth of the median task. */
const GATE_MS = 30_000;
/** The median task of the batch in real time. */
const SAMPLE_MEDIAN_MS = 2_000;

/** What stands in the way beside dependencies. */
export const PARTS = {
  order: 'order alone',
  gate: 'failures and a gate',
  all: 'files, failures and a gate',
} as const;
export type Part = keyof typeof PARTS;

/** One batch, run with so many workers. */
export interface Row {
  part: Part;
  batch: string;
  draw: number;
  workers: number;
  boundMs: number;
  /** Which of the bounds is the largest. */
  boundBy: 'chain' | 'work' | 'gates';
  simulatedMs: number;
  /** A list scheduler with the same estimates, to which nothing else costs any time and no file matters. */
  listedMs: number;
  /** The shortest schedule that a search found with that knowledge. */
  bestMs: number;
  /** Attempts that a conflict made necessary. */
  repeated: number;
  trouble?: string;
}

/** One batch in real time and its simulation. */
export interface SampleRow {
  part: Part;
  batch: string;
  workers: number;
  boundMs: number;
  simulatedMs: number;
  realMs: number;
  trouble?: string;
}

export interface Wishes {
  batches: readonly Batch[];
  agentSeconds: readonly number[];
  /** Without any only the first part is run. */
  fileSets: readonly string[][];
  draws: number;
  seed: number;
  signal: AbortSignal;
  onRow: (row: Row, done: number, of: number) => void;
}

/** Runs every batch with every number of workers on virtual time. Ends early when interrupted. */
export async function measure(wishes: Wishes): Promise<Row[]> {
  const { batches, draws, signal } = wishes;
  const rows: Row[] = [];
  const parts = partsOf(wishes);
  const of = parts.length * batches.length * draws * WORKERS.length;
  for (const part of parts) {
    for (const [index, batch] of batches.entries()) {
      for (let draw = 0; draw < draws; draw += 1) {
        const random = randomFrom(seedOf(wishes, part, index, draw));
        const jobs = jobsOf(part, batch, chancesOf(wishes, part), random);
        for (const workers of WORKERS) {
          if (signal.aborted) return rows;
          const row = { part, batch: batch.name, draw, ...(await rowOf(part, jobs, workers, random)) };
          rows.push(row);
          wishes.onRow(row, rows.length, of);
        }
      }
    }
  }
  return rows;
}

function partsOf({ fileSets }: Pick<Wishes, 'fileSets'>): Part[] {
  return fileSets.length === 0 ? ['order'] : ['order', 'gate', 'all'];
}

/** Without files they are the same jobs as with them, so that the difference is what files cost. */
function jobsOf(part: Part, batch: Batch, chances: Chances, random: () => number): Job[] {
  const jobs = drawJobs(batch, chances, random);
  return part === 'gate' ? jobs.map((job) => ({ ...job, files: [], lines: [] })) : jobs;
}

function seedOf({ seed }: Wishes, part: Part, batch: number, draw: number): number {
  return seed * 1_000_000 + draw * 1_000 + batch * 10 + (part === 'order' ? 0 : 1);
}

function chancesOf(
  { agentSeconds, fileSets }: Pick<Wishes, 'agentSeconds' | 'fileSets'>,
  part: Part,
): Chances {
  if (part === 'order') return { agentSeconds, sigma: SIGMA, failing: 0, fileSets: [] };
  return { agentSeconds, sigma: SIGMA, failing: FAILING, fileSets };
}

async function rowOf(
  part: Part,
  jobs: readonly Job[],
  workers: number,
  random: () => number,
): Promise<Omit<Row, 'part' | 'batch' | 'draw'>> {
  const gateMs = part === 'order' ? 0 : GATE_MS;
  const { ms: boundMs, chainMs, workMs } = boundOf(jobs, workers, gateMs);
  const { ms: simulatedMs, repeated, trouble } = await simulate(jobs, { workers, gateMs });
  return {
    ...{ workers, boundMs, simulatedMs, repeated },
    boundBy: boundMs === chainMs ? 'chain' : boundMs === workMs ? 'work' : 'gates',
    listedMs: listScheduleMs({
      ...{ jobs, workers, gateMs, isPatient: true },
      ranks: longestWays(jobs, (job) => job.estimateMs),
    }),
    bestMs: bestKnownMs(jobs, { workers, gateMs, boundMs }, random),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** Runs one batch in real time, all numbers of workers beside each other: its agents only sleep. */
export async function sample(
  wishes: Pick<Wishes, 'batches' | 'agentSeconds' | 'fileSets' | 'seed' | 'signal'>,
  programs: Programs,
): Promise<SampleRow[]> {
  // In the middle of those taken, by the number of dependencies.
  const batch = wishes.batches[Math.floor(wishes.batches.length / 2)];
  if (batch === undefined) return [];
  const cases = [
    ...WORKERS.map((workers) => ({ part: 'order' as const, workers })),
    ...(wishes.fileSets.length === 0 ? [] : [{ part: 'all' as const, workers: 4 }]),
  ];
  return Promise.all(
    cases.map(async ({ part, workers }): Promise<SampleRow> => {
      const chances = { ...chancesOf(wishes, part), medianMs: SAMPLE_MEDIAN_MS };
      const jobs = drawJobs(batch, chances, randomFrom(wishes.seed));
      const gateMs = part === 'all' ? SAMPLE_MEDIAN_MS / 10 : 0;
      const real = await runInRealTime(jobs, { workers, gateMs }, programs, wishes.signal);
      const simulated = await simulate(jobs, { workers, gateMs });
      const trouble = real.trouble ?? simulated.trouble;
      return {
        ...{ part, batch: batch.name, workers, boundMs: boundOf(jobs, workers, gateMs).ms },
        ...{ simulatedMs: simulated.ms, realMs: real.ms },
        ...(trouble === undefined ? {} : { trouble }),
      };
    }),
  );
}
