import { join } from 'node:path';
import type { Driver } from '../../src/driver/index.js';
import { numberOf, sql, textOf } from '../../src/store/index.js';
import { pursue } from '../../src/supervisor/index.js';
import { randomFrom } from '../support/seeds.js';
import { beginSimulatedRun, proposalOf, simulatedOptions, type TaskWish } from './given-run.js';
import { Machine } from './machine.js';
import { ModelRepository } from './model-repository.js';
import { givenSimulatedSheet } from './simulated-sheet.js';
import { simulatedSession } from './session.js';
import { VirtualTime } from './virtual-time.js';

/** One attempt at a task as it will turn out. */
export interface AttemptPlan {
  /** How long its agent works, in milliseconds. */
  ms: number;
  /** Its agent ends with an error. Default: it succeeds. */
  fails?: boolean;
}

export interface TimedTask extends Omit<TaskWish, 'estimateMs' | 'attempts'> {
  /** What the plan believes, in milliseconds. */
  estimateMs?: number;
  /** Its attempts in order; the last one stands for all that follow. */
  attempts: AttemptPlan[];
  /** Files that are there and the line that it writes in each. Default: it writes a file of its own. */
  edits?: { path: string; line: number }[];
}

export interface TimedRun {
  workers: number;
  tasks: TimedTask[];
  /** How long the gate takes on a merged tree, in milliseconds; it is always green. Default: there is none. */
  gateMs?: number;
  resources?: Record<string, number>;
}

export interface Timed {
  state: string;
  reason?: string;
  /** From the moment the engine takes the plan up until it has ended the run, in virtual milliseconds. */
  makespanMs: number;
  /** Every time that an agent worked, from the start of the engine, in the order in which they began. */
  worked: { task: string; attempt: number; startMs: number; endMs: number }[];
  /** When each task was done (landed), from the start of the engine. */
  doneMs: Map<string, number>;
}

/**
 * Runs a plan on virtual time with the real engine, records and queue, agents that take as long as is said, and git
 * as a model: nothing but agents and gates takes time.
 */
export async function timetableOf(run: TimedRun): Promise<Timed> {
  const time = new VirtualTime(undefined, {
    callsAtOnce: 10_000_000,
    steps: 10_000_000,
    ms: 10 * 365 * 24 * 3_600_000,
  });
  const unit = randomFrom(1);
  let tokens = 0;
  const chance = { unit, token: () => String((tokens += 1)).padStart(32, '0') };
  const sheet = await givenSimulatedSheet(time, chance, () => undefined);
  try {
    return await runOn(sheet, time, run);
  } finally {
    await sheet.remove();
  }
}

async function runOn(
  sheet: Awaited<ReturnType<typeof givenSimulatedSheet>>,
  time: VirtualTime,
  run: TimedRun,
): Promise<Timed> {
  const root = join(sheet.folder, 'repo');
  const base = new Map([['a.txt', 'a\n'], ...baseOf(run)]);
  const model = new ModelRepository(root, join(root, '.git'), () => time.now(), base);
  const machine = new Machine(time, () => ({ exitCode: 0, ms: run.gateMs ?? 0 }));
  const life = machine.start();
  const options = simulatedOptions(sheet.folder, {
    ...{ workers: run.workers, resources: run.resources ?? {} },
    ...{ silenceTimeoutMs: 365 * 24 * 3_600_000, taskTimeoutMs: 365 * 24 * 3_600_000 },
    ...(run.gateMs === undefined ? {} : { gate: 'test' }),
  });
  const wishes = run.tasks.map(({ attempts: _, edits: __, estimateMs, ...task }) => ({
    ...task,
    attempts: 50,
    ...(estimateMs === undefined ? {} : { estimateMs }),
  }));
  const ground = { sheet, machine, life, repository: life.repository(model, () => undefined) };
  const { signal } = new AbortController();
  const site = await time.until(beginSimulatedRun(ground, proposalOf(wishes, options), signal));
  const begunAt = time.now();
  const worked: Timed['worked'] = [];
  const driver = timedDriver(run, machine, model, (task, attempt, startMs, endMs) =>
    worked.push({ task, attempt, startMs: startMs - begunAt, endMs: endMs - begunAt }),
  );
  const end = await time.until(pursue({ site, driver, commandFolder: sheet.folder }, { signal }));
  const makespanMs = time.now() - begunAt;
  return {
    ...{ state: end.state, makespanMs },
    ...(end.reason === undefined ? {} : { reason: end.reason }),
    worked: worked.sort((one, other) => one.startMs - other.startMs),
    doneMs: await doneIn(sheet, begunAt),
  };
}

/** Every file that is edited, as long as its edits need. */
function baseOf({ tasks }: TimedRun): Map<string, string> {
  const edits = tasks.flatMap((task) => task.edits ?? []);
  const lines = Math.max(0, ...edits.map((each) => each.line + 1));
  return new Map(edits.map(({ path }) => [path, 'as it was\n'.repeat(lines)]));
}

async function doneIn(
  { store }: Awaited<ReturnType<typeof givenSimulatedSheet>>,
  begunAt: number,
): Promise<Map<string, number>> {
  const rows = await store.all(sql`select id, ended_ms from task where state = 'done' and is_group = 0`);
  return new Map(rows.map((row) => [textOf(row, 'id'), numberOf(row, 'ended_ms') - begunAt]));
}

function timedDriver(
  { tasks }: TimedRun,
  machine: Machine,
  model: ModelRepository,
  onWorked: (task: string, attempt: number, startMs: number, endMs: number) => void,
): Driver {
  return {
    name: 'simulated:timed',
    check: async () => undefined,
    async start(assignment) {
      const { taskId, attempt, workspace, env } = assignment;
      const task = tasks.find((each) => each.id === taskId);
      const plan = task?.attempts[attempt - 1] ?? task?.attempts.at(-1);
      if (plan === undefined) throw new Error(`Nothing says how long ${taskId} takes.`);
      const life = machine.start(env);
      const clock = life.clock();
      const manners = { politeMs: 0, hear: () => 'unsupported' as const };
      return simulatedSession(life, assignment, manners, async () => {
        const startMs = clock.now();
        await new Promise<void>((resolve) => clock.after(plan.ms, resolve));
        onWorked(taskId, attempt, startMs, clock.now());
        const own = `${taskId} ${attempt}`;
        for (const { path, line } of task?.edits ?? []) {
          const lines = (model.filesIn(workspace).get(path) ?? '').split('\n');
          model.write(workspace, path, lines.with(line, own).join('\n'));
        }
        if (task?.edits === undefined) model.write(workspace, `${taskId}.txt`, `${own}\n`);
        return { code: plan.fails === true ? 1 : 0, signal: null };
      });
    },
  };
}
