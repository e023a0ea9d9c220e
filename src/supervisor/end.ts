import type { CallsheetError } from '../error/index.js';
import { hasEnded, type Task } from '../task/index.js';
import type { RunState } from '../run/index.js';

/** How a run stands when nothing can go on by itself. */
export interface RunEnd {
  state: Exclude<RunState, 'running'>;
  reason?: string;
}

const NO_WORKERS = 'it has 0 workers: callsheet resume -w N';

/**
 * What an engine with nothing left to do says of its run: everything landed, something failed for good, or a
 * person is waited for. A task that nobody will do because one before it failed counts with the failed.
 * @param workers How many agents the run may have at once.
 */
export function endOf(tasks: Task[], workers: number): RunEnd {
  const own = tasks.filter((task) => !task.isGroup);
  const open = own.filter((task) => task.state !== 'done' && task.state !== 'cancelled');
  if (open.length === 0) return { state: 'finished' };
  const failed = open.filter((task) => task.state === 'failed');
  const idle = workers === 0 ? open.filter(({ state }) => state === 'ready' || state === 'running') : [];
  if (failed.length > 0) {
    const others = open.filter((task) => !idle.includes(task));
    const also = idle.length === 0 ? '' : `; ${NO_WORKERS}`;
    return { state: 'failed', reason: `failed: ${list(failed)}${waitingWith(others)}${also}` };
  }
  if (idle.length > 0) return { state: 'waiting', reason: NO_WORKERS };
  const asked = open.filter((task) => !hasEnded(task.state) && task.state !== 'waiting');
  if (asked.length > 0)
    return {
      state: 'waiting',
      reason: asked.map((task) => `${task.id} is ${task.state}${why(task)}`).join('; '),
    };
  return { state: 'waiting', reason: `waiting for a task that was cancelled: ${list(open)}` };
}

/** The run's own trouble: nothing more can be started until a person has mended it. */
export function stoppedBy(obstacle: CallsheetError, tasks: Task[]): RunEnd {
  const hint = obstacle.hint === undefined ? '' : `\n${obstacle.hint}`;
  const failed = tasks.filter((task) => task.state === 'failed');
  const also = failed.length === 0 ? '' : `failed: ${list(failed)}; `;
  return { state: failed.length === 0 ? 'waiting' : 'failed', reason: `${also}${obstacle.message}${hint}` };
}

function waitingWith(open: Task[]): string {
  const waiting = open.filter((task) => task.state !== 'failed');
  return waiting.length === 0 ? '' : `; not done for that: ${list(waiting)}`;
}

function list(tasks: Task[]): string {
  const names = tasks.slice(0, 8).map((task) => task.id);
  return names.join(', ') + (tasks.length > 8 ? `, and ${tasks.length - 8} more` : '');
}

function why(task: Task): string {
  if (task.state === 'ready' && task.assignee !== undefined) return ` for ${task.assignee}`;
  return task.reason === undefined ? '' : ` (${task.reason})`;
}
