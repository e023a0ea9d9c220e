import { expect, test } from 'vitest';
import type { DriverEvent } from './driver.js';
import { eventQueue } from './event-queue.js';

async function collect(events: AsyncIterable<DriverEvent>): Promise<DriverEvent[]> {
  const all: DriverEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test('events come in order, those before and those after the listener', async () => {
  const queue = eventQueue();
  queue.push({ type: 'text', text: 'a' });
  const all = collect(queue.events);
  queue.push({ type: 'turn-end' });
  await Promise.resolve();
  queue.push({ type: 'exit', exit: { code: 0, signal: null } });
  queue.end();

  expect((await all).map(({ type }) => type)).toEqual(['text', 'turn-end', 'exit']);
});

test('text that waits is joined and keeps its end', async () => {
  const queue = eventQueue();
  for (let count = 0; count < 100; count += 1)
    queue.push({ type: 'text', text: `${count} ${'x'.repeat(10_000)}` });
  queue.push({ type: 'text', text: 'the end' });
  queue.end();

  const [only, ...more] = await collect(queue.events);
  expect(more).toEqual([]);
  expect(only?.type === 'text' && only.text.length).toBe(64 * 1024);
  expect(only?.type === 'text' && only.text.endsWith('\nthe end')).toBe(true);
});

test('a flood of tool calls is bounded, and the exit is still there', async () => {
  const queue = eventQueue();
  const tool: DriverEvent = { type: 'tool', name: 'x', reads: [], writes: [], detail: '' };
  for (let count = 0; count < 30_000; count += 1) queue.push(tool);
  queue.push({ type: 'exit', exit: { code: 0, signal: null } });
  queue.end();

  const all = await collect(queue.events);
  expect(all).toHaveLength(10_001);
  expect(all.at(-1)?.type).toBe('exit');
});
