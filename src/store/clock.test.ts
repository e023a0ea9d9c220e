import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a wait longer than a timer of Node can be lasts its whole time', () => {
  const longestMs = 2 ** 31 - 1;
  const work = vi.fn();
  systemClock.after(longestMs + 5_000, work);
  vi.advanceTimersByTime(longestMs + 4_999);
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledOnce();
});

test('a wait that was cancelled does nothing, also in its second part', () => {
  const work = vi.fn();
  const cancel = systemClock.after(2 ** 31 + 5_000, work);
  vi.advanceTimersByTime(2 ** 31);
  cancel();
  vi.advanceTimersByTime(10_000);
  expect(work).not.toHaveBeenCalled();
});
