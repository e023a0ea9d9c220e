import { DEFAULT_ESTIMATE_MS } from '../plan/index.js';
import { hasEnded, type Task } from '../task/index.js';

/**
 * How long the rest of a run may take, in milliseconds: the longer of its longest chain and its work shared by
 * the workers, scaled by how the finished tasks compared with their estimates. Undefined before one has finished:
 * estimates alone are wishes; nor without workers.
 */
export function remainingMs(tasks: Task[], workers: number, nowMs: number): number | undefined {
  const own = tasks.filter((task) => !task.isGroup);
  const scale = scaleOf(own.filter((task) => task.state === 'done'));
  if (scale === undefined || workers < 1) return undefined;
  const open = own.filter((task) => !hasEnded(task.state));
  const left = open.map((task) =>
    Math.max(0, estimateOf(task) * scale - (task.startedAt === undefined ? 0 : nowMs - task.startedAt)),
  );
  const work = left.reduce((sum, ms) => sum + ms, 0);
  const chain = Math.max(0, ...open.map((task) => task.pathMs * scale));
  return Math.max(work / workers, Math.min(chain, work));
}

/** How much longer these done tasks took than was estimated; undefined before one has finished. */
export function scaleOf(done: Pick<Task, 'estimateMs' | 'startedAt' | 'endedAt'>[]): number | undefined {
  let estimated = 0;
  let actual = 0;
  for (const task of done) {
    if (task.startedAt === undefined || task.endedAt === undefined) continue;
    estimated += estimateOf(task);
    actual += task.endedAt - task.startedAt;
  }
  return estimated === 0 ? undefined : actual / estimated;
}

export function estimateOf(task: Pick<Task, 'estimateMs'>): number {
  return task.estimateMs ?? DEFAULT_ESTIMATE_MS;
}
