import { expireLocks, nextLockExpiry } from '../lock/index.js';
import { announce } from '../message/index.js';
import { endEngine, findRun } from '../run/index.js';
import { findTasks, hasEnded, nextBackoffEnd, reapLapsed, type Task } from '../task/index.js';
import type { WorkerPlace } from '../worker/index.js';
import { openAttempts, type Attempts } from './attempts.js';
import { endOf, type RunEnd } from './end.js';
import { openLandings, sweepAll, type Landings } from './landings.js';
import { openPool } from './pool.js';
import { createBell } from './wake.js';

// A third of the lease: two beats may be lost before a claim is.
const BEAT_MS = 30_000;

export interface EngineOptions {
  /** Ends the engine cleanly: workers stopped, their work saved, the run resumable. */
  signal: AbortSignal;
}

/**
 * Pursues a run until nothing can go on by itself, or until it is told to stop. Everything here is decided from
 * the sheet, so a killed engine is followed by another that carries on.
 */
export async function pursue(place: WorkerPlace, { signal }: EngineOptions): Promise<RunEnd> {
  const { site } = place;
  const bell = createBell();
  let failure: { error: unknown } | undefined;
  const onFailure = (error: unknown): void => {
    failure ??= { error };
    bell.ring();
  };
  const pool = openPool(site.store, site.run, place.driver.name.split(':')[0] ?? 'command');
  const attempts = openAttempts(place, pool, bell.ring, onFailure);
  const landings = openLandings(site, bell.ring, onFailure);
  const unwatch = site.store.watch(bell.ring);
  const beat = setInterval(() => void attempts.beat().catch(onFailure), BEAT_MS);
  signal.addEventListener('abort', bell.ring);
  let end: RunEnd | undefined;
  try {
    while (failure === undefined && !signal.aborted && end === undefined) {
      end = await step(place, attempts, landings);
      if (end === undefined) await bell.wait(await untilNext(place));
    }
  } catch (error) {
    failure ??= { error };
  } finally {
    clearInterval(beat);
    unwatch();
    signal.removeEventListener('abort', bell.ring);
    await landings.stop();
    await attempts.stopAll('engine');
    await landings.close();
    await pool.close();
  }
  if (failure !== undefined) {
    await finish(place, { state: 'stopped', reason: `the engine failed: ${String(failure.error)}` });
    throw failure.error;
  }
  return finish(place, end ?? { state: 'stopped', reason: 'stopped by a person' });
}

/** One look at the sheet: take back, follow, land, hand out. The end of the run when nothing is left to do. */
async function step(place: WorkerPlace, attempts: Attempts, landings: Landings): Promise<RunEnd | undefined> {
  const { store, run } = place.site;
  const current = await findRun(store, run.id);
  if (current?.epoch !== run.epoch) return { state: 'stopped', reason: 'another engine has taken the run over' };
  await takeBackLapsed(place);
  await attempts.follow();
  await landings.start();
  await attempts.fill(current.options.workers);
  if (attempts.size > 0 || landings.isBusy) return undefined;
  const tasks = await findTasks(store, { runId: run.id });
  if (tasks.some((task) => task.state === 'ready' || isLandingFree(task, landings))) return undefined;
  if (landings.held.length > 0) return undefined;
  if (await landings.followTarget()) return undefined;
  return endOf(tasks);
}

function isLandingFree(task: Task, landings: Landings): boolean {
  return task.state === 'landing' && !landings.held.some((each) => each.taskId === task.id);
}

async function takeBackLapsed({ site }: WorkerPlace): Promise<void> {
  await site.store.transaction(async (tx) => {
    await expireLocks(tx);
    for (const { held, now } of await reapLapsed(tx)) {
      const next = hasEnded(now.state) ? `Its attempts are used up: callsheet task retry ${now.id}` : 'It is offered again.';
      await announce(tx, { type: 'PROGRESS', task: now, body: `The lease of attempt ${held.attempt} at ${now.id} ran out. ${next}` });
    }
  });
}

/** How long nothing can happen by itself: until a backoff or a lock ends; leases are looked at with every beat. */
async function untilNext({ site }: WorkerPlace): Promise<number> {
  const { store, run } = site;
  const now = store.clock.now();
  const moments = [await nextBackoffEnd(store, run.id, now), await nextLockExpiry(store)];
  const next = Math.min(now + BEAT_MS, ...moments.filter((moment) => moment !== undefined));
  return Math.max(1, next - now);
}

async function finish(place: WorkerPlace, end: RunEnd): Promise<RunEnd> {
  const { site } = place;
  await sweepAll(site);
  await site.store.transaction((tx) => endEngine(tx, site.run, end.state, end.reason));
  return end;
}
