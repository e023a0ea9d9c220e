import { findConflicts, type Conflict } from '../conflict/index.js';
import { acquireLock } from '../lock/index.js';
import {
  claimTask,
  DEFAULT_LEASE_MS,
  findOutlines,
  findReady,
  findTask,
  type Claim,
  type Task,
  type TaskOutline,
} from '../task/index.js';
import { startAttempt, type Post, type RunningAttempt, type WorkerPlace } from '../worker/index.js';
import { chooseTask, excludes } from './choose.js';
import type { Pool } from './pool.js';
import type { Transaction } from '../store/index.js';
import { defined } from '../store/index.js';

// Enough to find one that overlaps with nothing, as a rule; all of them when none of these can start.
const LOOK_AT = 64;

// Work that takes twice as long as was estimated is not rare.
const LONGER = 2;

/** Ids of tasks that have an agent. */
type ActiveIds = ReadonlyMap<string, Pick<RunningAttempt, 'startedAt'>>;

export interface Dispatching {
  /** Tasks with an agent, also one that is still being ended: they are not begun again before that. */
  active: ActiveIds;
  /** Asked of the best task there is, before it is claimed. */
  isBetterToWait: (task: TaskOutline) => Promise<boolean>;
}

/** Claims the next fitting task for a free worker and starts it; undefined when nothing fits now. */
export async function dispatchNext(
  place: WorkerPlace,
  pool: Pool,
  dispatching: Dispatching,
): Promise<RunningAttempt | undefined> {
  const { store, run } = place.site;
  for (const limit of [LOOK_AT, Number.MAX_SAFE_INTEGER]) {
    const ready = await findReady(store, run.id, store.clock.now(), limit);
    const post = await claimOneOf(
      place,
      pool,
      ready.filter((task) => !dispatching.active.has(task.id)),
      dispatching,
    );
    if (post !== undefined) return startAttempt(place, post);
    if (ready.length < limit) return undefined;
  }
  return undefined;
}

async function claimOneOf(
  place: WorkerPlace,
  pool: Pool,
  ready: TaskOutline[],
  { active: activeIds, isBetterToWait }: Dispatching,
): Promise<Post | undefined> {
  if (ready.length === 0) return undefined;
  const active = await underWay(place, activeIds);
  const conflicts = await findConflicts(place.site.store, { runId: place.site.run.id });
  const leftMs = timeLeft(active, activeIds, place.site.store.clock.now());
  const left = [...ready];
  for (;;) {
    const task = chooseTask({
      ready: left,
      ...{ active, leftMs },
      ...{ conflicted: pairsOf(conflicts), sentBack: sentBackOf(conflicts) },
      ...defined({ speciality: pool.nextSpeciality() }),
    });
    if (task === undefined || (await isBetterToWait(task))) return undefined;
    const post = await claimFor(place, pool, task);
    if (post !== undefined) return post;
    // Its resources are held, it is another's, or somebody else was faster.
    left.splice(left.indexOf(task), 1);
  }
}

/** How much longer tasks with an agent may take, in milliseconds; nothing is known of those without an estimate. */
function timeLeft(active: TaskOutline[], activeIds: ActiveIds, nowMs: number): Map<string, number> {
  const left = new Map<string, number>();
  for (const task of active) {
    const attempt = activeIds.get(task.id);
    if (attempt === undefined || task.estimateMs === undefined) continue;
    left.set(task.id, LONGER * task.estimateMs - (nowMs - attempt.startedAt));
  }
  return left;
}

/** What is worked on or waits to land. A task that is held back, or has ended, counts while it has an agent. */
async function underWay({ site }: Pick<WorkerPlace, 'site'>, activeIds: ActiveIds): Promise<TaskOutline[]> {
  const { store, run } = site;
  const tasks: TaskOutline[] = await findOutlines(store, run.id, ['running', 'review', 'landing']);
  const known = new Set(tasks.map(({ id }) => id));
  for (const id of activeIds.keys()) {
    const task = known.has(id) ? undefined : await findTask(store, id);
    if (task !== undefined) tasks.push(task);
  }
  return tasks;
}

/** Of tasks that were held and go on, those that may: another may have been begun meanwhile. */
export async function mayGoOn(place: Pick<WorkerPlace, 'site'>, activeIds: ActiveIds): Promise<Task[]> {
  const { store, run } = place.site;
  const running = await findOutlines(store, run.id, ['running']);
  const waiting = running.filter(({ id }) => !activeIds.has(id));
  // As a rule: what is under way is not read for nothing, at every step, however much waits to land.
  if (waiting.length === 0) return [];
  const isBusy = (task: TaskOutline): boolean => activeIds.has(task.id) || task.state !== 'running';
  const busy = (await underWay(place, activeIds)).filter(isBusy);
  const free = waiting.filter((task) => !busy.some((other) => excludes(task, other)));
  const tasks = await Promise.all(free.map(({ id }) => findTask(store, id)));
  return tasks.filter((task) => task !== undefined);
}

/** The claim, the worker and the resources of a task, in one transaction; undefined when one cannot be had. */
async function claimFor({ site }: WorkerPlace, pool: Pool, task: TaskOutline): Promise<Post | undefined> {
  const { store, run } = site;
  const claiming = store.transaction(async (tx) => {
    const hand = await pool.take(tx, task);
    if (hand === undefined) throw new NotNow();
    const granted = await claimTask(tx, task.id, hand.agent, DEFAULT_LEASE_MS);
    if (granted === undefined) throw new NotNow();
    const claim = { taskId: granted.taskId, attempt: granted.attempt };
    if (!(await holdResources(tx, run.id, task, claim, hand.agent.id))) throw new NotNow();
    return { claim, ...hand };
  });
  const post = await unlessNotNow(claiming);
  if (post !== undefined) pool.took(post.agent);
  return post;
}

/** Rolls back a claim that cannot be had whole: a write would wake the engine, which would try again at once. */
export class NotNow extends Error {
  override readonly name = 'NotNow';
}

export async function unlessNotNow<T>(claiming: Promise<T>): Promise<T | undefined> {
  try {
    return await claiming;
  } catch (error) {
    if (error instanceof NotNow) return undefined;
    throw error;
  }
}

export async function holdResources(
  tx: Transaction,
  runId: string,
  task: Pick<Task, 'resources'>,
  claim: Claim,
  agentId: string,
): Promise<boolean> {
  if (task.resources.length === 0) return true;
  const answer = await acquireLock(tx, {
    agentId,
    ...claim,
    runId,
    paths: [],
    resources: task.resources,
    queue: false,
    byHand: false,
    ttlMs: DEFAULT_LEASE_MS,
  });
  return answer.granted;
}

/** Where the work of tasks that try again did not fit what had landed. */
function sentBackOf(conflicts: Conflict[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const each of conflicts) {
    if (each.state === 'open') paths.set(each.taskId, [...(paths.get(each.taskId) ?? []), ...each.paths]);
  }
  return paths;
}

function pairsOf(conflicts: Conflict[]): Set<string> {
  const pairs = new Set<string>();
  for (const { taskId, otherTaskIds } of conflicts) {
    for (const other of otherTaskIds) pairs.add(`${taskId} ${other}`).add(`${other} ${taskId}`);
  }
  return pairs;
}
