import { explainedDisk, messageOf } from '../error/index.js';
import { expireLocks, nextLockExpiry } from '../lock/index.js';
import { announce, withdrawQuestions } from '../message/index.js';
import { endEngine, findRun } from '../run/index.js';
import type { Reader } from '../store/index.js';
import { findTasks, hasEnded, hasLapsed, nextBackoffEnd, reapLapsed, type Task } from '../task/index.js';
import type { WorkerPlace } from '../worker/index.js';
import { endChildrenAtExit } from './at-exit.js';
import { openAttempts, type Attempts } from './attempts.js';
import { endOf, stoppedBy, type RunEnd } from './end.js';
import { openLandings, sweep, sweepAll, type Landings } from './landings.js';
import { openPool, type Pool } from './pool.js';
import { createBell, type Bell } from './wake.js';

// A third of the lease: two beats may be lost before a claim is.
const BEAT_MS = 30_000;

export interface EngineOptions {
  /** Ends the engine cleanly: workers stopped, their work saved, the run resumable. */
  signal: AbortSignal;
  /** Hears what a person should know and no event can tell, because the sheet cannot be written. Default nobody. */
  say?: (line: string) => void;
}

/** What one engine is made of. */
interface Engine {
  place: WorkerPlace;
  bell: Bell;
  pool: Pool;
  attempts: Attempts;
  landings: Landings;
  /** The first thing that went wrong: the sheet or git cannot be written. */
  failure?: { error: unknown };
  /** How the tasks stood when it was last asked whether the run is at its end. */
  basis?: string;
  /** When the last signs of life were given, in Unix milliseconds. */
  lastBeat: number;
}

const nobody = (): void => undefined;

const STOPPED: RunEnd = { state: 'stopped', reason: 'stopped by a person' };
const SUPERSEDED: RunEnd = { state: 'stopped', reason: 'another engine has taken the run over' };

/**
 * Pursues a run until nothing can go on by itself, or until it is told to stop. Everything here is decided from
 * the sheet, so a killed engine is followed by another that carries on.
 */
export async function pursue(place: WorkerPlace, { signal, say = nobody }: EngineOptions): Promise<RunEnd> {
  const engine = openEngine(place);
  const { bell } = engine;
  const unwatch = place.site.store.watch(bell.ring);
  // Whoever is stuck with the sheet locked costs time, not the work of the agents.
  const waitNormally = place.site.store.waitLonger(signal, say);
  const keepChildren = endChildrenAtExit(place.site);
  signal.addEventListener('abort', bell.ring);
  let end: RunEnd | undefined;
  try {
    while (engine.failure === undefined && !signal.aborted && end === undefined) {
      end = await step(engine);
      if (end === undefined) await bell.wait(await untilNext(engine));
    }
  } catch (error) {
    failed(engine, error);
  } finally {
    unwatch();
    signal.removeEventListener('abort', bell.ring);
    await close(engine);
    keepChildren();
  }
  try {
    if (await conclude(engine, end ?? STOPPED)) return end ?? STOPPED;
  } finally {
    waitNormally();
  }
  // Somebody has steered a task while the engine ended: it would have been told that nothing can go on.
  return pursue(place, { signal, say });
}

function openEngine(place: WorkerPlace): Engine {
  const { site } = place;
  const bell = createBell(site.store.clock);
  const onFailure = (error: unknown): void => {
    failed(engine, error);
    bell.ring();
  };
  const onAttemptEnd = async (task: Task | undefined): Promise<void> => {
    bell.ring();
    // What writes nothing is done without landing; nobody else clears up behind it.
    if (task?.state === 'done') await sweep(site);
  };
  const pool = openPool(site.store, site.run, place.driver.name.split(':')[0] ?? 'command');
  const engine: Engine = {
    place,
    bell,
    pool,
    attempts: openAttempts(place, pool, onAttemptEnd, onFailure),
    landings: openLandings(site, bell.ring, onFailure),
    lastBeat: 0,
  };
  return engine;
}

function failed(engine: Engine, error: unknown): void {
  engine.failure ??= { error: explainedDisk(error) };
}

/** One look at the sheet: give signs of life, take back, follow, land, hand out. The end of the run when nothing is left to do. */
async function step(engine: Engine): Promise<RunEnd | undefined> {
  const { place, attempts, landings, pool } = engine;
  const { store, run } = place.site;
  const current = await findRun(store, run.id);
  if (current?.epoch !== run.epoch) return SUPERSEDED;
  // First: after a machine has slept, workers that are alive must not be taken for dead.
  await beatWhenDue(engine);
  await takeBackLapsed(place);
  await attempts.follow();
  await landings.start();
  const { workers } = current.options;
  await attempts.fill(workers, landings.isBusy);
  if (attempts.size > 0 || landings.isBusy) return undefined;
  engine.basis = await standOf(store, run.id);
  const tasks = await findTasks(store, { runId: run.id });
  const { obstacle } = attempts;
  if (obstacle !== undefined) return stoppedBy(obstacle, tasks);
  for (const task of tasks)
    if ((workers > 0 || task.state === 'landing') && (await goesOnByItself(task, landings, pool, place)))
      return undefined;
  if (await landings.followTarget()) return undefined;
  if (landings.held.length > 0) return undefined;
  return endOf(tasks, workers);
}

/** True of tasks that an engine will take further without anybody's help: soon, or when a resource is free. */
async function goesOnByItself(
  task: Task,
  landings: Landings,
  pool: Pool,
  { site }: WorkerPlace,
): Promise<boolean> {
  if (task.state === 'ready') return !(await pool.isForOthers(site.store, task));
  if (task.state === 'running') return pool.isOurs(site.store, task);
  return task.state === 'landing' && !landings.held.some((each) => each.taskId === task.id);
}

async function beatWhenDue(engine: Engine): Promise<void> {
  const { store, run } = engine.place.site;
  const now = store.clock.now();
  // A clock that was put back must not make it wait until that time comes again.
  const sinceBeat = now - engine.lastBeat;
  const isDue = sinceBeat < 0 || sinceBeat >= BEAT_MS;
  if (!isDue && !(await hasLapsed(store, now, { runId: run.id }))) return;
  engine.lastBeat = now;
  await engine.attempts.beat();
}

async function takeBackLapsed({ site }: WorkerPlace): Promise<void> {
  if (!(await isAnythingLapsed(site))) return;
  await site.store.transaction(async (tx) => {
    await expireLocks(tx);
    for (const { held, now } of await reapLapsed(tx, { runId: site.run.id })) {
      const next = hasEnded(now.state)
        ? `Its attempts are used up: callsheet task retry ${now.id}`
        : 'It is offered again.';
      await withdrawQuestions(tx, now.id);
      await announce(tx, {
        type: 'PROGRESS',
        task: now,
        body: `The lease of attempt ${held.attempt} at ${now.id} ran out. ${next}`,
      });
    }
  });
}

/** Looked for first: an engine looks at each commit, and who only reads keeps nobody from writing. */
async function isAnythingLapsed({ store, run }: WorkerPlace['site']): Promise<boolean> {
  const now = store.clock.now();
  const lockEnd = await nextLockExpiry(store);
  return (lockEnd !== undefined && lockEnd <= now) || hasLapsed(store, now, { runId: run.id });
}

/** How long nothing can happen by itself: until a backoff or a lock ends, or the next sign of life is due. */
async function untilNext({ place, lastBeat, attempts }: Engine): Promise<number> {
  const { store, run } = place.site;
  const now = store.clock.now();
  const { waitsUntil } = attempts;
  const moments = [await nextBackoffEnd(store, run.id, now), await nextLockExpiry(store), waitsUntil];
  const next = Math.min(lastBeat + BEAT_MS, ...moments.filter((moment) => moment !== undefined));
  return Math.max(1, Math.min(next - now, BEAT_MS));
}

/** Ends all that this engine has under way, whatever fails on the way: no process may stay behind. */
async function close(engine: Engine): Promise<void> {
  const { attempts, landings, pool } = engine;
  const steps = [
    () => Promise.all([landings.stop(), attempts.stopAll('engine')]),
    () => landings.close(),
    () => pool.close(),
  ];
  for (const end of steps) {
    try {
      await end();
    } catch (error) {
      failed(engine, error);
    }
  }
}

/** Ends the run. False when its tasks are not any more as they were when the end was found. */
async function conclude({ place, failure, basis }: Engine, end: RunEnd): Promise<boolean> {
  const { store, run } = place.site;
  if (failure !== undefined) {
    await noteFailure(place, failure.error);
    throw failure.error;
  }
  if (end === SUPERSEDED) return true;
  await sweepAll(place.site);
  return store.transaction(async (tx) => {
    if (end !== STOPPED && basis !== (await standOf(tx, run.id))) return false;
    await endEngine(tx, run, end.state, end.reason);
    return true;
  });
}

/** What the end of a run is found from, to be compared. */
async function standOf(reader: Reader, runId: string): Promise<string> {
  const run = await findRun(reader, runId);
  const tasks = await findTasks(reader, { runId });
  return JSON.stringify([run?.options.workers, tasks.map(({ id, state, attempt }) => [id, state, attempt])]);
}

async function noteFailure({ site: { store, run } }: WorkerPlace, error: unknown): Promise<void> {
  try {
    await store.transaction((tx) => endEngine(tx, run, 'stopped', `the engine failed: ${messageOf(error)}`));
  } catch (again) {
    // It is the sheet that cannot be written. What failed first is thrown; that no engine is at work is seen all the same.
    if (!(again instanceof Error)) throw again;
  }
}
