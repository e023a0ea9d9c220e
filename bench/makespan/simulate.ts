import { timetableOf } from '../../test/simulation/timetable.js';
import type { Job } from './draw.js';

export interface Simulated {
  ms: number;
  /** Attempts that were begun beyond those that had to be: after a conflict. */
  repeated: number;
  /** What it ended as when it did not land everything. */
  trouble: string | undefined;
}

/** Runs a batch by the real engine on virtual time: nothing but agents and gates takes time. */
export async function simulate(
  jobs: readonly Job[],
  { workers, gateMs }: { workers: number; gateMs: number },
): Promise<Simulated> {
  const { state, reason, worked, doneMs } = await timetableOf({
    workers,
    ...(gateMs === 0 ? {} : { gateMs }),
    tasks: jobs.map(({ id, after, files, lines, estimateMs, attemptsMs }) => ({
      ...{ id, after, files, estimateMs },
      ...(files.length === 0
        ? {}
        : { edits: files.map((path, index) => ({ path, line: lines[index] ?? 0 })) }),
      attempts: attemptsMs.map((ms, index) => ({ ms, fails: index < attemptsMs.length - 1 })),
    })),
  });
  const needed = jobs.reduce((sum, job) => sum + job.attemptsMs.length, 0);
  const isWhole = state === 'finished' && doneMs.size === jobs.length;
  return {
    ms: Math.max(0, ...doneMs.values()),
    repeated: worked.length - needed,
    trouble: isWhole ? undefined : `${state}: ${reason ?? `${doneMs.size} of ${jobs.length} tasks landed`}`,
  };
}
