import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { agentSchema, followingSchema } from '../agent/index.js';
import { CallsheetError } from '../error/index.js';
import { eventSchema } from '../event/index.js';
import { pathsOverlap } from '../text/index.js';
import {
  acquireLock,
  claimQueued,
  declareResource,
  expireLocks,
  findLocks,
  lockSchema,
  releaseLock,
  renewQueued,
  type Lock,
} from './index.js';

const AGENTS = ['ada', 'bo', 'cy', 'dee'];
const PATHS = ['a', 'a/x', 'a/y.ts', 'a/**', 'b/*.ts', 'b/c.ts', '**/*.ts', 'b', 'c/{x,y}', 'c/x', 'd'];
const CAPACITY: Record<string, number> = { one: 1, two: 2 };

const agent = fc.constantFrom(...AGENTS);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('acquire' as const),
      agent,
      paths: fc.uniqueArray(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 3 }),
      resources: fc.subarray(Object.keys(CAPACITY)),
      queue: fc.boolean(),
      ttlMs: fc.integer({ min: 1_000, max: 90_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), agent, pick: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('release-path' as const),
      agent,
      path: fc.constantFrom(...PATHS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('take-up' as const), pick: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const), pick: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

let sheet: Awaited<ReturnType<typeof givenStore>>;
beforeAll(async () => {
  sheet = await givenStore([eventSchema, agentSchema, followingSchema, lockSchema]);
  for (const [name, capacity] of Object.entries(CAPACITY)) {
    await sheet.store.transaction((tx) => declareResource(tx, name, capacity));
  }
});
afterAll(() => sheet[Symbol.asyncDispose]());

async function take(step: Step, open: Lock[]): Promise<void> {
  if (step.do === 'pass') sheet.clock.advance(step.ms);
  const picked = 'pick' in step ? open[step.pick % Math.max(1, open.length)] : undefined;
  await sheet.store.transaction(async (tx) => {
    if (step.do === 'acquire') await acquireLock(tx, { agentId: step.agent, byHand: true, ...step });
    if (step.do === 'release-path') await releaseLock(tx, { agentId: step.agent, paths: [step.path] });
    if (step.do === 'pass') await expireLocks(tx);
    if (picked === undefined) return;
    if (step.do === 'release') await releaseLock(tx, { agentId: picked.agentId, lockId: picked.id });
    if (step.do === 'take-up') await claimQueued(tx, picked.id);
    if (step.do === 'renew') await renewQueued(tx, picked.id);
  });
}

function held(locks: Lock[]): Lock[] {
  return locks.filter((lock) => lock.state === 'held');
}

function overlapOf(one: Lock, other: Lock): string[] {
  return one.paths.filter((path) => other.paths.some((each) => pathsOverlap(path, each)));
}

function checkHolders(locks: Lock[]): void {
  for (const one of held(locks)) {
    for (const other of held(locks)) {
      if (one.agentId !== other.agentId) expect(overlapOf(one, other)).toEqual([]);
    }
  }
  for (const [name, capacity] of Object.entries(CAPACITY)) {
    const holders = held(locks).filter((lock) => lock.resources.includes(name));
    expect(new Set(holders.map((lock) => lock.agentId)).size).toBeLessThanOrEqual(capacity);
  }
}

/** Nothing that was granted just now has passed an earlier request, except for what its agent held before. */
function checkFairness(before: Lock[], after: Lock[]): void {
  const heldBefore = new Set(held(before).map((lock) => lock.id));
  for (const fresh of held(after).filter((lock) => !heldBefore.has(lock.id))) {
    const earlier = after.filter(
      (lock) => lock.state === 'queued' && lock.seq < fresh.seq && lock.agentId !== fresh.agentId,
    );
    const own = held(after).filter((lock) => lock.agentId === fresh.agentId && lock.id !== fresh.id);
    for (const passed of earlier) {
      for (const path of overlapOf(fresh, passed)) {
        expect(own.some((lock) => lock.paths.some((each) => each === path || pathsOverlap(each, path)))).toBe(
          true,
        );
      }
    }
  }
}

/** How many other agents hold a resource or asked for it before. */
function inFrontOf(lock: Lock, name: string, locks: Lock[]): number {
  const others = locks.filter((each) => each.agentId !== lock.agentId && each.resources.includes(name));
  return new Set(
    others.filter((each) => each.state === 'held' || each.seq < lock.seq).map((each) => each.agentId),
  ).size;
}

function holdsElsewhere(lock: Lock, name: string, locks: Lock[]): boolean {
  return held(locks).some(
    (each) => each.id !== lock.id && each.agentId === lock.agentId && each.resources.includes(name),
  );
}

function checkUnits(before: Lock[], after: Lock[]): void {
  const heldBefore = new Set(held(before).map((lock) => lock.id));
  for (const fresh of held(after).filter((lock) => !heldBefore.has(lock.id))) {
    for (const name of fresh.resources.filter((each) => !holdsElsewhere(fresh, each, after))) {
      expect(inFrontOf(fresh, name, after)).toBeLessThan(CAPACITY[name] ?? 1);
    }
  }
}

/** Whoever is still in the queue has somebody in front of it: no grant was forgotten. */
function checkQueue(locks: Lock[]): void {
  for (const lock of locks.filter((each) => each.state === 'queued')) {
    const inFront = locks.filter(
      (each) => each.agentId !== lock.agentId && (each.state === 'held' || each.seq < lock.seq),
    );
    const waitsForPath = inFront.some((each) => overlapOf(lock, each).length > 0);
    const waitsForUnit = lock.resources.some((name) => inFrontOf(lock, name, locks) >= (CAPACITY[name] ?? 1));
    expect(waitsForPath || waitsForUnit).toBe(true);
  }
}

/** Whoever waits for nothing lets go of everything, again and again: in the end nobody is left. */
async function drain(): Promise<void> {
  for (;;) {
    const open = await findLocks(sheet.store);
    if (open.length === 0) return;
    const stuck = new Set(open.filter((lock) => lock.state === 'queued').map((lock) => lock.agentId));
    const free = open.find((lock) => !stuck.has(lock.agentId));
    expect(free, 'somebody can finish').toBeDefined();
    await sheet.store.transaction((tx) => releaseLock(tx, { agentId: free?.agentId ?? '', all: true }));
  }
}

test('never two holders of one thing, nobody overtaken, and no deadlock in the sheet, whatever is asked', async () => {
  let refusals = 0;
  let waits = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      for (const each of steps) {
        const before = await findLocks(sheet.store);
        try {
          await take(each, before);
        } catch (error) {
          if (!(error instanceof CallsheetError) || error.code !== 'LOCK_DEADLOCK') throw error;
          refusals += 1;
          expect(circleCloses(error.data)).toBe(true);
        }
        const after = await findLocks(sheet.store);
        waits += after.filter((lock) => lock.state === 'queued').length;
        checkHolders(after);
        checkFairness(before, after);
        checkUnits(before, after);
        checkQueue(after);
      }
      await drain();
    }),
    { numRuns: 150 },
  );
  expect(refusals).toBeGreaterThan(0);
  expect(waits).toBeGreaterThan(0);
});

function circleCloses(data: unknown): boolean {
  const { cycle } = data as { cycle: { agent: string; of: string }[] };
  return (
    cycle.length > 1 && cycle.every((wait, index) => wait.of === cycle[(index + 1) % cycle.length]?.agent)
  );
}
