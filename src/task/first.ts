import type { Reader } from '../store/index.js';
import { findTasks, type TaskFilter } from './find.js';
import { hasEnded, type Task, type TaskState } from './task.js';

/** What is looked at first when not everything can be shown: what is under way, then what is to come, then what has ended. */
export const STATES_BY_INTEREST = [
  'running',
  'blocked',
  'review',
  'landing',
  'paused',
  'ready',
  'waiting',
  'failed',
  'cancelled',
  'done',
] as const satisfies readonly TaskState[];

/** A run, or null for the tasks of none. */
export type TaskScope = string | null;

/**
 * At most `limit` tasks, those in the first of `states` before those in the next: of open ones the oldest, of ended
 * ones the newest. No more rows are read than are answered, however many tasks there are.
 * @returns Them in the order of their creation.
 */
export async function firstTasks(
  reader: Reader,
  scopes: readonly TaskScope[],
  states: readonly TaskState[],
  limit: number,
  filter: Pick<TaskFilter, 'isGroup'> = {},
): Promise<Task[]> {
  const found: Task[] = [];
  for (const state of new Set(states)) {
    for (const scope of scopes) {
      if (found.length >= limit) break;
      const within = scope === null ? { standAlone: true } : { runId: scope };
      const bound = { limit: limit - found.length, newest: hasEnded(state) };
      found.push(...(await findTasks(reader, { ...filter, ...within, states: [state] }, bound)));
    }
  }
  return found.sort((one, other) => one.seq - other.seq);
}
