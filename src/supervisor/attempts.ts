import { releaseLocksOfClaim, renewLocksOfClaim } from '../lock/index.js';
import { DEFAULT_LEASE_MS, findTask, findTasks, heartbeat, type Task } from '../task/index.js';
import { startAttempt, type RunningAttempt, type StopReason, type WorkerPlace } from '../worker/index.js';
import { dispatchNext, holdResources } from './dispatch.js';
import type { Pool } from './pool.js';

/** The attempts that one engine has under way. */
export interface Attempts {
  readonly size: number;
  /** Starts work while there are free workers and fitting tasks. */
  fill(workers: number): Promise<void>;
  /** Stops attempts whose task has been paused, cancelled or taken away, and hands over what was said. */
  follow(): Promise<void>;
  /** A sign of life for every attempt that runs. */
  beat(): Promise<void>;
  stopAll(reason: StopReason): Promise<void>;
}

/**
 * @param onEnd Called after each attempt has been settled.
 * @param onFailure Called with what kept an attempt from being settled: the sheet or git cannot be written.
 */
export function openAttempts(place: WorkerPlace, pool: Pool, onEnd: () => void, onFailure: (error: unknown) => void): Attempts {
  const { store, run } = place.site;
  const active = new Map<string, RunningAttempt>();

  const follow = (attempt: RunningAttempt): void => {
    const { claim, agent } = attempt.post;
    active.set(claim.taskId, attempt);
    const over = async (): Promise<void> => {
      await attempt.ended;
      active.delete(claim.taskId);
      await store.transaction((tx) => releaseLocksOfClaim(tx, claim));
      await pool.giveBack(agent, (await findTask(store, claim.taskId))?.speciality);
      onEnd();
    };
    void over().catch((error: unknown) => {
      active.delete(claim.taskId);
      onFailure(error);
    });
  };

  /** Tasks that went on after an answer or a pause: running, held by a worker of ours, and nobody at work. */
  const takeUpResumed = async (free: number): Promise<number> => {
    const running = await findTasks(store, { runId: run.id, states: ['running'] });
    const idle = running.filter((task) => !active.has(task.id)).slice(0, free);
    let started = 0;
    for (const task of idle) {
      const attempt = await goOn(place, pool, task);
      if (attempt === undefined) continue;
      follow(attempt);
      started += 1;
    }
    return started;
  };

  return {
    get size() {
      return active.size;
    },
    async fill(workers) {
      if (active.size < workers) await takeUpResumed(workers - active.size);
      while (active.size < workers) {
        const attempt = await dispatchNext(place, pool);
        if (attempt === undefined) return;
        follow(attempt);
      }
    },
    async follow() {
      for (const attempt of [...active.values()]) {
        const { claim } = attempt.post;
        const task = await findTask(store, claim.taskId);
        const reason = task === undefined ? 'lost' : reasonToStop(task, claim.attempt);
        if (reason !== undefined) attempt.stop(reason);
        else await attempt.deliver();
      }
    },
    async beat() {
      await store.transaction(async (tx) => {
        for (const { post } of active.values()) {
          const task = await findTask(tx, post.claim.taskId);
          if (task?.attempt !== post.claim.attempt || task.claimedBy === undefined) continue;
          await heartbeat(tx, post.claim, DEFAULT_LEASE_MS);
          await renewLocksOfClaim(tx, post.claim, DEFAULT_LEASE_MS);
        }
      });
    },
    async stopAll(reason) {
      const all = [...active.values()];
      for (const attempt of all) attempt.stop(reason);
      await Promise.allSettled(all.map((attempt) => attempt.ended));
    },
  };
}

// A blocked worker may end its turn by itself; every other state means that its work is not wanted now.
function reasonToStop(task: Task, attempt: number): StopReason | undefined {
  if (task.attempt !== attempt) return 'lost';
  if (task.state === 'running' || task.state === 'blocked' || task.state === 'landing') return undefined;
  return task.state === 'paused' ? 'parked' : 'lost';
}

async function goOn(place: WorkerPlace, pool: Pool, task: Task): Promise<RunningAttempt | undefined> {
  const { store, run } = place.site;
  const { claimedBy } = task;
  if (claimedBy === undefined) return undefined;
  const claim = { taskId: task.id, attempt: task.attempt };
  const back = await store.transaction(async (tx) => {
    const found = await pool.takeBack(tx, claimedBy);
    if (found === undefined || !(await holdResources(tx, run.id, task, claim, claimedBy))) return undefined;
    await heartbeat(tx, claim, DEFAULT_LEASE_MS);
    return found;
  });
  return back === undefined ? undefined : startAttempt(place, { claim, ...back });
}
