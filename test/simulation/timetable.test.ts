import { expect, test } from 'vitest';
import { timetableOf } from './timetable.js';

const MINUTE = 60_000;

test('two workers take the longest chain first and waste no moment', async () => {
  const estimated = (id: string, minutes: number, after: string[] = []) => ({
    ...{ id, after, attempts: [{ ms: minutes * MINUTE }], estimateMs: minutes * MINUTE },
  });
  const timed = await timetableOf({
    workers: 2,
    tasks: [
      estimated('short', 1),
      estimated('first', 3),
      estimated('second', 3, ['first']),
      estimated('long', 5),
    ],
  });
  expect(timed.state).toBe('finished');
  expect(timed.makespanMs).toBe(6 * MINUTE);
  expect(timed.worked.map(({ task, startMs }) => [task, startMs / MINUTE])).toEqual([
    ['first', 0],
    ['long', 0],
    ['second', 3],
    ['short', 5],
  ]);
});

test('a gate on the merged tree and a failed attempt cost the time that they take', async () => {
  const timed = await timetableOf({
    workers: 1,
    gateMs: MINUTE,
    tasks: [{ id: 'only', attempts: [{ ms: MINUTE, fails: true }, { ms: 2 * MINUTE }] }],
  });
  expect(timed.state).toBe('finished');
  // The second attempt begins after the pause of one second that follows a failure.
  expect(timed.makespanMs).toBe(4 * MINUTE + 1_000);
  expect(timed.doneMs.get('only')).toBe(timed.makespanMs);
});

test('forty tasks take less real time than one real task would', async () => {
  const tasks = Array.from({ length: 40 }, (_, index) => ({
    id: `t${index}`,
    after: index < 4 ? [] : [`t${index - 4}`],
    attempts: [{ ms: 1_000 * (1 + (index % 7)) }],
  }));
  const timed = await timetableOf({ workers: 4, tasks });
  expect(timed.state).toBe('finished');
  expect(timed.worked).toHaveLength(40);
});
