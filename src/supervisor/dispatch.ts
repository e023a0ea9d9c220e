import { findConflicts } from '../conflict/index.js';
import { acquireLock } from '../lock/index.js';
import { claimTask, DEFAULT_LEASE_MS, findReady, findTasks, type Task } from '../task/index.js';
import { startAttempt, type Post, type RunningAttempt, type WorkerPlace } from '../worker/index.js';
import { chooseTask } from './choose.js';
import type { Pool } from './pool.js';

// Enough to find one that overlaps with nothing; more would only cost.
const LOOK_AT = 64;

/** Claims the next fitting task for a free worker and starts it; undefined when nothing fits now. */
export async function dispatchNext(place: WorkerPlace, pool: Pool): Promise<RunningAttempt | undefined> {
  const { store, run } = place.site;
  const ready = await findReady(store, run.id, store.clock.now(), LOOK_AT);
  if (ready.length === 0) return undefined;
  const active = await findTasks(store, { runId: run.id, states: ['running', 'review', 'landing'] });
  const conflicted = await conflictedPairs(place);
  const speciality = pool.nextSpeciality();
  const left = [...ready];
  for (;;) {
    const task = chooseTask({ ready: left, active, conflicted, ...(speciality === undefined ? {} : { speciality }) });
    if (task === undefined) return undefined;
    const post = await claimFor(place, pool, task);
    if (post !== undefined) return startAttempt(place, post);
    // Its resources are held, or somebody else was faster.
    left.splice(left.indexOf(task), 1);
  }
}

/** The claim, the worker and the resources of a task, in one transaction; undefined when one cannot be had. */
async function claimFor({ site }: WorkerPlace, pool: Pool, task: Task): Promise<Post | undefined> {
  const { store, run } = site;
  const claiming = store.transaction(async (tx) => {
    const { agent, token } = await pool.take(tx, task.speciality === undefined ? {} : { speciality: task.speciality });
    const granted = await claimTask(tx, task.id, agent, DEFAULT_LEASE_MS);
    if (granted === undefined) throw new NotNow();
    const claim = { taskId: granted.taskId, attempt: granted.attempt };
    if (!(await holdResources(tx, run.id, task, claim, agent.id))) throw new NotNow();
    return { claim, agent, token };
  });
  const post = await claiming.catch((error: unknown) => {
    if (error instanceof NotNow) return undefined;
    throw error;
  });
  if (post !== undefined) pool.took(post.agent);
  return post;
}

/** Rolls back a claim that cannot be had whole. */
class NotNow extends Error {}

export async function holdResources(
  tx: Parameters<typeof acquireLock>[0],
  runId: string,
  task: Task,
  claim: { taskId: string; attempt: number },
  agentId: string,
): Promise<boolean> {
  if (task.resources.length === 0) return true;
  const answer = await acquireLock(tx, { agentId, ...claim, runId, paths: [], resources: task.resources, queue: false, byHand: false, ttlMs: DEFAULT_LEASE_MS });
  return answer.granted;
}

async function conflictedPairs({ site }: WorkerPlace): Promise<Set<string>> {
  const pairs = new Set<string>();
  for (const { taskId, otherTaskIds } of await findConflicts(site.store, { runId: site.run.id })) {
    for (const other of otherTaskIds) pairs.add(`${taskId} ${other}`).add(`${other} ${taskId}`);
  }
  return pairs;
}
