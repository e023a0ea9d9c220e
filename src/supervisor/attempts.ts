import type { CallsheetError } from '../error/index.js';
import { releaseLocksOfClaim, renewLocksOfClaim } from '../lock/index.js';
import { DEFAULT_LEASE_MS, findTask, findTasks, heartbeat, type Task } from '../task/index.js';
import type { RunningAttempt, StopReason, WorkerPlace } from '../worker/index.js';
import { dispatchNext, mayGoOn } from './dispatch.js';
import { goOn } from './go-on.js';
import { openPatience } from './patience.js';
import type { Pool } from './pool.js';

/** The attempts that one engine has under way. */
export interface Attempts {
  readonly size: number;
  /** What keeps every attempt from starting; nothing more is started then. */
  readonly obstacle: CallsheetError | undefined;
  /**
   * Starts work while there are free workers and fitting tasks.
   * @param isLanding Work lands meanwhile: it may be better to wait for what that makes ready.
   */
  fill(workers: number, isLanding: boolean): Promise<void>;
  /** When a worker that waits for what lands begins something else, in Unix milliseconds. */
  readonly waitsUntil: number | undefined;
  /** Stops attempts whose task has been paused, cancelled or taken away, and hands over what was said. */
  follow(): Promise<void>;
  /** A sign of life for every attempt that runs, and for those that go on as soon as a worker is free. */
  beat(): Promise<void>;
  stopAll(reason: StopReason): Promise<void>;
}

interface Staff {
  place: WorkerPlace;
  pool: Pool;
  onEnd: (task: Task | undefined) => Promise<void>;
  onFailure: (error: unknown) => void;
  /** By task: no task is begun again before its last attempt has been settled. */
  active: Map<string, RunningAttempt>;
  settling: Set<Promise<void>>;
  delivering: Set<RunningAttempt>;
  obstacle?: CallsheetError;
}

/**
 * @param onEnd Called after each attempt has been settled.
 * @param onFailure Called with what kept an attempt from being settled: the sheet or git cannot be written.
 */
export function openAttempts(
  place: WorkerPlace,
  pool: Pool,
  onEnd: (task: Task | undefined) => Promise<void>,
  onFailure: (error: unknown) => void,
): Attempts {
  const staff: Staff = {
    ...{ place, pool, onEnd, onFailure },
    ...{ active: new Map(), settling: new Set(), delivering: new Set() },
  };
  const { active, settling } = staff;
  const patience = openPatience(place.site);
  return {
    get size() {
      return active.size;
    },
    get obstacle() {
      return staff.obstacle;
    },
    get waitsUntil() {
      return patience.until;
    },
    async fill(workers, isLanding) {
      patience.reset(!isLanding);
      if (staff.obstacle !== undefined || active.size >= workers) return;
      await takeUpResumed(staff, workers);
      while (active.size < workers) {
        const attempt = await dispatchNext(place, pool, {
          active,
          isBetterToWait: async (task) =>
            isLanding && (await patience.isBetterToWait(task, workers - active.size)),
        });
        if (attempt === undefined) return;
        patience.reset(true);
        take(staff, attempt);
      }
    },
    follow: () => follow(staff),
    beat: () => beat(staff),
    async stopAll(reason) {
      for (const attempt of active.values()) attempt.stop(reason);
      await Promise.allSettled(settling);
    },
  };
}

function take(staff: Staff, attempt: RunningAttempt): void {
  staff.active.set(attempt.post.claim.taskId, attempt);
  const settled = seeToItsEnd(staff, attempt).finally(() => staff.settling.delete(settled));
  staff.settling.add(settled);
}

async function seeToItsEnd(staff: Staff, attempt: RunningAttempt): Promise<void> {
  const { store } = staff.place.site;
  const { claim, agent } = attempt.post;
  try {
    const found = await attempt.ended;
    if (found !== undefined) staff.obstacle ??= found.error;
    await store.transaction((tx) => releaseLocksOfClaim(tx, claim));
    const task = await findTask(store, claim.taskId);
    await staff.pool.giveBack(agent, task?.speciality);
    staff.active.delete(claim.taskId);
    await staff.onEnd(task);
  } catch (error) {
    staff.active.delete(claim.taskId);
    staff.onFailure(error);
  }
}

/** Tasks that went on after an answer or a pause: running, held by a worker of ours, and nobody at work. */
async function takeUpResumed(staff: Staff, workers: number): Promise<void> {
  const { place, pool, active } = staff;
  const tried = new Set<string>();
  while (active.size < workers) {
    // Looked for again each time: what has just gone on may be in the way of the next.
    const task = (await mayGoOn(place, active)).find((each) => !tried.has(each.id));
    if (task === undefined) return;
    tried.add(task.id);
    const attempt = await goOn(place, pool, task);
    if (attempt !== undefined) take(staff, attempt);
  }
}

async function follow(staff: Staff): Promise<void> {
  for (const attempt of [...staff.active.values()]) {
    const { claim } = attempt.post;
    const task = await findTask(staff.place.site.store, claim.taskId);
    const reason = task === undefined ? 'lost' : reasonToStop(task, claim.attempt);
    if (reason === undefined) deliver(staff, attempt);
    else attempt.stop(reason);
  }
}

// A blocked worker may end its turn by itself; every other state means that its work is not wanted now.
function reasonToStop(task: Task, attempt: number): StopReason | undefined {
  if (task.attempt !== attempt) return 'lost';
  if (task.state === 'running' || task.state === 'blocked' || task.state === 'landing') return undefined;
  return task.state === 'paused' ? 'parked' : 'lost';
}

// Not awaited: an agent that does not listen must not hold up the others.
function deliver({ delivering, onFailure }: Staff, attempt: RunningAttempt): void {
  if (delivering.has(attempt)) return;
  delivering.add(attempt);
  void attempt
    .deliver()
    .catch(onFailure)
    .finally(() => delivering.delete(attempt));
}

async function beat({ place, pool, active }: Staff): Promise<void> {
  const { store, run } = place.site;
  await store.transaction(async (tx) => {
    for (const task of await findTasks(tx, { runId: run.id, states: ['running', 'blocked'] })) {
      const claim = { taskId: task.id, attempt: task.attempt };
      const isActive = active.get(task.id)?.post.claim.attempt === task.attempt;
      if (!isActive && !(await pool.isOurs(tx, task))) continue;
      await heartbeat(tx, claim, DEFAULT_LEASE_MS);
      if (isActive) await renewLocksOfClaim(tx, claim, DEFAULT_LEASE_MS);
    }
  });
}
