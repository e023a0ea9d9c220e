import fc from 'fast-check';
import { beforeAll, afterAll, beforeEach, expect, test } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { eventSchema } from '../event/index.js';
import { sql, type Transaction } from '../store/index.js';
import { LONGEST_BACKOFF_MS } from './backoff.js';
import {
  claimNextTask,
  claimTask,
  createTasks,
  DEFAULT_LEASE_MS,
  failAttempt,
  findReady,
  heartbeat,
  reapLapsed,
  renewClaimsOf,
  requireTask,
  taskReviewSchema,
  taskSchema,
  type Claim,
} from './index.js';

const ada = { id: 'agent-1', name: 'ada' };
const bo = { id: 'agent-2', name: 'bo' };
const HOUR = 3_600_000;

// Also far back: a machine that was off a while may wake up in the wrong year.
const jump = fc.oneof(
  fc.integer({ min: -1_000, max: DEFAULT_LEASE_MS }),
  fc.integer({ min: -48 * HOUR, max: 48 * HOUR }),
);
const lease = fc.integer({ min: 1, max: 2 * HOUR });

let sheet: Awaited<ReturnType<typeof givenStore>>;
beforeAll(async () => {
  sheet = await givenStore([eventSchema, taskSchema, taskReviewSchema]);
});
afterAll(() => sheet[Symbol.asyncDispose]());
beforeEach(() => renew());

const write = <T>(work: (tx: Transaction) => Promise<T>) => sheet.store.transaction(work);

async function renew(): Promise<void> {
  await write(async (tx) => {
    for (const table of [sql`task_attempt`, sql`task`]) await tx.run(sql`delete from ${table}`);
    await createTasks(tx, [{ id: 'a', title: 'a', spec: 'a' }]);
    await createTasks(tx, [{ id: 'of-run', runId: 'run-1', title: 'a', spec: 'a' }]);
  });
}

async function claimed(leaseMs: number): Promise<Claim> {
  const granted = await write((tx) => claimTask(tx, 'a', ada, leaseMs));
  if (granted === undefined) throw new Error('a was not ready');
  return { taskId: granted.taskId, attempt: granted.attempt };
}

const leaseEnd = async () => (await requireTask(sheet.store, 'a')).leaseExpiresAt ?? -1;

test('a renewal never shortens a lease, and leaves at least the silence that was asked for, however the clock jumps', async () => {
  const renewal = fc.record({ jump, lease, byAgent: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(lease, fc.array(renewal, { maxLength: 15 }), async (first, renewals) => {
      await renew();
      const claim = await claimed(first);
      for (const each of renewals) {
        const before = await leaseEnd();
        sheet.clock.advance(each.jump);
        const asked = each.byAgent ? first : each.lease;
        await write(async (tx) =>
          each.byAgent ? renewClaimsOf(tx, ada.id, each.lease) : heartbeat(tx, claim, asked),
        );
        expect(await leaseEnd()).toBe(Math.max(before, sheet.clock.now() + asked));
      }
    }),
    { numRuns: 60 },
  );
});

test('who gives a sign of life before the lapsed are looked for keeps the claim, however the clock jumps; who was taken for dead can write no more', async () => {
  const move = fc.record({ jump, isAlive: fc.boolean() });
  let lost = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 12 }), async (moves) => {
      await renew();
      const claim = await claimed(DEFAULT_LEASE_MS);
      let end = await leaseEnd();
      for (const each of moves) {
        sheet.clock.advance(each.jump);
        if (each.isAlive) end = await write((tx) => heartbeat(tx, claim, DEFAULT_LEASE_MS));
        const isOver = end <= sheet.clock.now();
        const reaped = await write((tx) => reapLapsed(tx));
        expect(reaped.length).toBe(isOver ? 1 : 0);
        sheet.clock.advance(isOver ? LONGEST_BACKOFF_MS : 0);
        const next = await write((tx) => claimNextTask(tx, bo, DEFAULT_LEASE_MS));
        expect(next?.attempt).toBe(isOver ? 2 : undefined);
        if (!isOver) continue;
        lost += 1;
        await expect(write((tx) => heartbeat(tx, claim, DEFAULT_LEASE_MS))).rejects.toMatchObject({
          code: 'LEASE_LOST',
        });
        return;
      }
    }),
    { numRuns: 60 },
  );
  expect(lost).toBeGreaterThan(10);
});

test('a failed task is offered again after its pause, and no later because the clock was set back', async () => {
  const back = fc.integer({ min: 1, max: 48 * HOUR });
  await fc.assert(
    fc.asyncProperty(back, async (ms) => {
      await renew();
      for (const taskId of ['a', 'of-run']) {
        await write(async (tx) => {
          const granted = await claimTask(tx, taskId, ada, DEFAULT_LEASE_MS);
          await failAttempt(tx, { taskId, attempt: granted?.attempt ?? 0 }, 'It broke');
        });
      }
      const offered = async () => {
        const ready = await findReady(sheet.store, 'run-1', sheet.clock.now(), 9);
        return ready.map((task) => task.id);
      };
      expect(await offered()).toEqual([]);
      sheet.clock.advance(-ms);
      sheet.clock.advance(LONGEST_BACKOFF_MS);
      expect(await offered()).toEqual(['of-run']);
      expect((await write((tx) => claimNextTask(tx, bo, 1_000)))?.taskId).toBe('a');
    }),
    { numRuns: 40 },
  );
});
