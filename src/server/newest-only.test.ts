import { expect, test } from 'vitest';
import { NewestOnly } from './newest-only.js';

test('one at a time for each thing, and of those that wait the newest', async () => {
  const queue = new NewestOnly();
  const log: string[] = [];
  const open: (() => void)[] = [];
  const work = (name: string) => async () => {
    log.push(`begin ${name}`);
    await new Promise<void>((resolve) => open.push(resolve));
    log.push(`end ${name}`);
  };
  for (const name of ['first', 'second', 'third']) queue.add('a', work(name));
  queue.add('b', work('other'));
  expect(log).toEqual(['begin first', 'begin other']);
  const finished = queue.finished();
  while (open.length > 0) {
    open.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await finished;
  expect(log).toEqual(['begin first', 'begin other', 'end first', 'begin third', 'end other', 'end third']);
});

test('what is asked for when nothing runs begins at once again', async () => {
  const queue = new NewestOnly();
  let times = 0;
  const work = () => Promise.resolve(void (times += 1));
  queue.add('a', work);
  await queue.finished();
  queue.add('a', work);
  await queue.finished();
  expect(times).toBe(2);
});
