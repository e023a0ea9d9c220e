import { expect, test } from 'vitest';
import { TASK_STATES, type TaskState } from '../../task/index.js';
import { sentenceOf } from './sentence.js';

const counts = (some: Partial<Record<TaskState, number>>) =>
  ({ ...Object.fromEntries(TASK_STATES.map((state) => [state, 0])), ...some }) as Record<TaskState, number>;

test.each([
  [{ done: 3, blocked: 1, review: 1 }, '3 of 5 tasks complete, one blocked, one in review.'],
  [
    { done: 9, running: 3, blocked: 1, review: 1 },
    '9 of 14 tasks complete, one blocked, 3 running, one in review.',
  ],
  [{ done: 1 }, '1 of 1 task complete.'],
  [{ done: 1, cancelled: 2 }, '1 of 1 task complete, 2 cancelled.'],
  [{ ready: 1, waiting: 2, failed: 1 }, '0 of 4 tasks complete, one ready, 2 waiting, one failed.'],
  [{}, 'No tasks yet.'],
])('%j is told as “%s”', (some, sentence) => {
  expect(sentenceOf(counts(some))).toBe(sentence);
});
