import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventSchema } from '../../src/event/index.js';
import { shapeOf } from '../../src/plan/index.js';
import { sql } from '../../src/store/index.js';
import { chooseTask } from '../../src/supervisor/choose.js';
import {
  claimTask,
  createTasks,
  DEFAULT_LEASE_MS,
  findOutlines,
  findReady,
  finishTask,
  taskReviewSchema,
  taskSchema,
  type Claim,
} from '../../src/task/index.js';
import { timetableOf } from '../simulation/timetable.js';
import { givenStore } from '../support/store.js';

/** A task as it will turn out; what the plan believes of it may be far off. */
interface Job {
  id: string;
  after: string[];
  ms: number;
  estimateMs: number;
  files: string[];
}

interface Running {
  job: Job;
  claim: Claim;
  endsAt: number;
}

const FILES = ['src/', 'src/a.ts', 'docs/', '**/*.md'];
const workers = fc.integer({ min: 1, max: 5 });
const plansOf = (maxLength: number): fc.Arbitrary<Job[]> =>
  fc
    .array(
      fc.record({
        ms: fc.integer({ min: 1, max: 100 }),
        estimateMs: fc.integer({ min: 1, max: 100 }),
        needs: fc.array(fc.nat(maxLength), { maxLength: 3 }),
        files: fc.subarray(FILES),
      }),
      { minLength: 1, maxLength },
    )
    .map((rows) =>
      rows.map(({ needs, ...row }, index) => ({
        ...{ id: `t${index}`, ...row },
        after: index === 0 ? [] : [...new Set(needs.map((other) => `t${other % index}`))],
      })),
    );

/** W/m + (1 − 1/m)·CP: what any schedule needs at most in which no worker is idle while a task could begin (Graham 1969). */
function grahamsBoundMs(jobs: Job[], m: number): number {
  const work = jobs.reduce((sum, job) => sum + job.ms, 0);
  const chainMs = shapeOf(jobs.map((job) => ({ ...job, estimateMs: job.ms }))).criticalPath.ms;
  return work / m + (1 - 1 / m) * chainMs;
}

test("the choice of tasks keeps Graham's bound, whatever the estimates say and whichever files are preferred", async () => {
  await using sheet = await givenStore([eventSchema, taskSchema, taskReviewSchema]);
  await fc.assert(
    fc.asyncProperty(plansOf(14), workers, async (jobs, m) => {
      const makespanMs = await scheduled(sheet, jobs, m);
      expect(makespanMs).toBeLessThanOrEqual(grahamsBoundMs(jobs, m) + 1e-6);
    }),
    { numRuns: 60 },
  );
});

test("a run keeps Graham's bound: nothing but its agents takes time, and no worker is idle without need", async () => {
  await fc.assert(
    fc.asyncProperty(plansOf(9), workers, async (jobs, m) => {
      const { state, makespanMs, worked } = await timetableOf({
        workers: m,
        // Without files: short work is kept out of those of long work on purpose.
        tasks: jobs.map(({ id, after, ms, estimateMs }) => ({
          ...{ id, after, estimateMs: estimateMs * 60_000 },
          attempts: [{ ms: ms * 60_000 }],
        })),
      });
      expect(state).toBe('finished');
      expect(worked).toHaveLength(jobs.length);
      expect(makespanMs / 60_000).toBeLessThanOrEqual(grahamsBoundMs(jobs, m) + 1e-6);
    }),
    { numRuns: 10 },
  );
});

/** The tasks of a sheet, begun in the order that it gives and as the engine chooses, on workers that take their time. */
async function scheduled(
  { store }: Awaited<ReturnType<typeof givenStore>>,
  jobs: Job[],
  m: number,
): Promise<number> {
  const { pathMs } = shapeOf(jobs);
  await store.transaction(async (tx) => {
    await tx.run(sql`delete from task_attempt`);
    await tx.run(sql`delete from task_dependency`);
    await tx.run(sql`delete from task`);
    await createTasks(
      tx,
      jobs.map((job) => ({
        ...{ id: job.id, title: job.id, spec: job.id, after: job.after, files: job.files },
        ...{ runId: 'run-1', estimateMs: job.estimateMs, pathMs: pathMs.get(job.id) ?? 0 },
      })),
    );
  });
  const begin = async (nowMs: number): Promise<Running | undefined> => {
    const ready = await findReady(store, 'run-1', store.clock.now(), 64);
    const active = await findOutlines(store, 'run-1', ['running']);
    const task = chooseTask({ ready, active, conflicted: new Set() });
    const job = jobs.find((each) => each.id === task?.id);
    if (job === undefined) return undefined;
    const claim = await store.transaction((tx) =>
      claimTask(tx, job.id, { id: 'agent-1', name: 'ada' }, DEFAULT_LEASE_MS),
    );
    if (claim === undefined) throw new Error(`${job.id} was not ready`);
    return { job, claim: { taskId: job.id, attempt: claim.attempt }, endsAt: nowMs + job.ms };
  };
  let running: Running[] = [];
  let nowMs = 0;
  for (;;) {
    for (
      let next = await begin(nowMs);
      next !== undefined;
      next = running.length < m ? await begin(nowMs) : undefined
    )
      running.push(next);
    if (running.length === 0) return nowMs;
    nowMs = Math.min(...running.map((each) => each.endsAt));
    for (const { claim } of running.filter((each) => each.endsAt === nowMs))
      await store.transaction((tx) => finishTask(tx, claim));
    running = running.filter((each) => each.endsAt > nowMs);
  }
}
