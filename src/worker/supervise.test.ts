import { afterEach, expect, test, vi } from 'vitest';
import { agentSchema, formerNameSchema, followingSchema, registerAgent } from '../agent/index.js';
import type { DriverEvent, Session } from '../driver/index.js';
import { eventSchema } from '../event/index.js';
import { createTasks, taskReviewSchema, taskSchema } from '../task/index.js';
import { givenStore } from '../../test/support/store.js';
import type { Post, StopReason, WorkerPlace } from './place.js';
import { supervise } from './supervise.js';

afterEach(() => vi.restoreAllMocks());

async function givenPost(options: { silenceTimeoutMs?: number; taskTimeoutMs?: number } = {}) {
  const { store, ...rest } = await givenStore([
    eventSchema,
    agentSchema,
    formerNameSchema,
    followingSchema,
    taskSchema,
    taskReviewSchema,
  ]);
  const agent = await store.transaction(async (tx) => {
    await createTasks(tx, [{ id: 'one', title: 'One', spec: 'One' }]);
    return registerAgent(tx, { role: 'worker', driver: 'command' });
  });
  const run = { options: { silenceTimeoutMs: 60_000, taskTimeoutMs: 60_000, ...options } };
  const place = { site: { store, run } } as unknown as WorkerPlace;
  const post: Post = { claim: { taskId: 'one', attempt: 1 }, ...agent };
  return { place, post, ...rest };
}

/** A session whose events the test gives; `stop` does as it is told. */
function givenSession(stop: () => Promise<void>): { session: Session; end: () => void } {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  async function* events(): AsyncGenerator<DriverEvent> {
    await over;
    yield { type: 'exit', exit: { code: 0, signal: null } };
  }
  const session = {
    process: { pid: 1, startedAt: '1' },
    events: events(),
    send: async () => 'unsupported' as const,
    interrupt: async () => 'unsupported' as const,
    stop,
  };
  return { session, end };
}

test('a session that cannot be ended is given up, and says why', async () => {
  await using given = await givenPost();
  const { session } = givenSession(() => Promise.reject(new Error('Still running: 42')));
  const ending = await supervise(given.place, given.post, session, { onStop: (stop) => stop('lost') });
  expect(ending).toMatchObject({ stopped: 'lost', problem: 'Still running: 42' });
});

test('the first reason to stop is the one that counts', async () => {
  await using given = await givenPost();
  const stop = vi.fn(async () => undefined);
  const { session, end } = givenSession(stop);
  let control: ((reason: StopReason) => void) | undefined;
  const ending = supervise(given.place, given.post, session, {
    onStop: (give) => {
      control = give;
      give('parked');
      give('engine');
      end();
    },
  });
  expect(await ending).toMatchObject({ stopped: 'parked', exit: { code: 0 } });
  expect(stop).toHaveBeenCalledTimes(1);
  control?.('lost');
  expect(stop).toHaveBeenCalledTimes(1);
});
