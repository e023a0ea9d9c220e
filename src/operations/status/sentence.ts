import type { TaskState } from '../../task/index.js';

const WORDS: Record<Exclude<TaskState, 'done'>, string> = {
  blocked: 'blocked',
  running: 'running',
  review: 'in review',
  landing: 'landing',
  paused: 'paused',
  ready: 'ready',
  waiting: 'waiting',
  failed: 'failed',
  cancelled: 'cancelled',
};

/**
 * How work stands, in one sentence: `3 of 5 tasks complete, one blocked, one in review.` Cancelled tasks are named,
 * not counted among those to be done.
 */
export function sentenceOf(counts: Readonly<Record<TaskState, number>>): string {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (all === 0) return 'No tasks yet.';
  const total = all - counts.cancelled;
  const others = Object.entries(WORDS)
    .map(([state, word]) => ({ count: counts[state as TaskState], word }))
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count === 1 ? 'one' : count} ${word}`);
  return `${[`${counts.done} of ${total} ${total === 1 ? 'task' : 'tasks'} complete`, ...others].join(', ')}.`;
}
