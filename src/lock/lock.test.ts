import { describe, expect, test } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { agentSchema, formerNameSchema, followingSchema, registerAgent } from '../agent/index.js';
import { eventSchema, findEvents } from '../event/index.js';
import { sql as statement, type Transaction } from '../store/index.js';
import {
  acquireLock,
  claimQueued,
  declareResource,
  expireLocks,
  findLock,
  findLocks,
  findResources,
  locksInCircle,
  lockSchema,
  locksOverlapping,
  nextLockExpiry,
  QUEUE_LEASE_MS,
  releaseLock,
  releaseLocksOfClaim,
  renewLock,
  renewLocksOfClaim,
  renewQueued,
  type Lock,
  type LockAnswer,
  type LockRequest,
} from './index.js';

const MINUTE = 60_000;

async function givenAgents() {
  const given = await givenStore([eventSchema, agentSchema, formerNameSchema, followingSchema, lockSchema]);
  const register = (name: string) =>
    given.store.transaction(
      async (tx) => (await registerAgent(tx, { name, role: 'worker', driver: 'command' })).agent.id,
    );
  const [ada, bo, cy] = [await register('ada'), await register('bo'), await register('cy')];
  const inSheet = <T>(work: (tx: Transaction) => Promise<T>) => given.store.transaction(work);
  const ask = (agentId: string, paths: string[], more: Partial<LockRequest> = {}) =>
    inSheet((tx) => acquireLock(tx, { agentId, paths, resources: [], queue: false, byHand: true, ...more }));
  const wait = (agentId: string, paths: string[], more: Partial<LockRequest> = {}) =>
    ask(agentId, paths, { queue: true, ...more });
  return { ...given, ada, bo, cy, inSheet, ask, wait };
}

function granted(answer: LockAnswer): Lock {
  if (!answer.granted)
    throw new Error(`refused: held by ${answer.heldBy.map((each) => each.agentName).join(', ')}`);
  return answer.lock;
}

function refused(answer: LockAnswer) {
  if (answer.granted) throw new Error(`granted ${answer.lock.id}`);
  return answer;
}

function waiting(answer: LockAnswer): Lock {
  const { queued } = refused(answer);
  if (queued === undefined) throw new Error('not queued');
  return queued;
}

describe('acquire', () => {
  test('a refusal names the holder, its path, since and until when', async () => {
    await using sheet = await givenAgents();
    const held = granted(
      await sheet.ask(sheet.ada, ['src/'], { ttlMs: 5 * MINUTE, taskId: 'limiter', attempt: 1 }),
    );

    const { heldBy, queued } = refused(await sheet.ask(sheet.bo, ['src/limiter.js']));

    const now = sheet.clock.now();
    expect(heldBy).toEqual([
      {
        lock: held,
        agentName: 'ada',
        target: 'src/',
        since: now,
        until: now + 5 * MINUTE,
        taskId: 'limiter',
      },
    ]);
    expect(queued).toBeUndefined();
  });

  test('is all or nothing', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['b.ts']));
    refused(await sheet.ask(sheet.bo, ['a.ts', 'b.ts', 'c.ts']));
    expect(await findLocks(sheet.store, { agentId: sheet.bo })).toEqual([]);
    granted(await sheet.ask(sheet.cy, ['a.ts', 'c.ts']));
  });

  test.each([
    ['src/a.ts', 'src/*.ts'],
    ['src', 'src/deep/er/a.ts'],
    ['src/deep/**', 'src'],
    ['**/*.ts', 'a/b/c.ts'],
    ['*.md', 'README.*'],
    ['src/{a,b}/x', 'src/b/x'],
    ['**', 'anything'],
  ])('%s and %s are not held by two agents', async (one, other) => {
    await using sheet = await givenAgents();
    const first = granted(await sheet.ask(sheet.ada, [one]));
    refused(await sheet.ask(sheet.bo, [other]));
    await sheet.inSheet((tx) => releaseLock(tx, { agentId: sheet.ada, lockId: first.id }));
    granted(await sheet.ask(sheet.bo, [other]));
    refused(await sheet.ask(sheet.ada, [one]));
  });

  test('names that only begin alike are held by two agents', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['src/a', 'src.ts']));
    granted(await sheet.ask(sheet.bo, ['src/a.ts', 'src/ab/**', 'src-old/**']));
  });

  test('what an agent holds it gets again, for longer, and no second lock', async () => {
    await using sheet = await givenAgents();
    const first = granted(await sheet.ask(sheet.ada, ['src', 'docs/a.md'], { ttlMs: MINUTE }));
    const again = granted(await sheet.ask(sheet.ada, ['docs/a.md', 'src/deep/*.ts'], { ttlMs: 5 * MINUTE }));
    expect(again.id).toBe(first.id);
    expect(again.expiresAt).toBe(sheet.clock.now() + 5 * MINUTE);
    const shorter = granted(await sheet.ask(sheet.ada, ['src'], { ttlMs: MINUTE }));
    expect(shorter.expiresAt).toBe(again.expiresAt);
  });

  test('a holder does not wait behind the queue for what it holds', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['src/**']));
    waiting(await sheet.wait(sheet.bo, ['src/a.ts']));
    granted(await sheet.ask(sheet.ada, ['src/a.ts', 'docs']));
  });

  test('the same path for another claim is a lock of its own, that ends with that claim', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['src'], { taskId: 'one', attempt: 1 }));
    granted(await sheet.ask(sheet.ada, ['src'], { taskId: 'two', attempt: 1 }));
    await sheet.inSheet((tx) => releaseLocksOfClaim(tx, { taskId: 'one', attempt: 1 }));
    expect(refused(await sheet.ask(sheet.bo, ['src'])).heldBy[0]?.taskId).toBe('two');
  });

  test.each([
    [{ paths: [] }],
    [{ paths: [''] }],
    [{ paths: [], resources: [' x'] }],
    [{ paths: [], resources: ['x\u001b[2J'] }],
    [{ paths: ['a'], ttlMs: 0 }],
    [{ paths: Array.from({ length: 201 }, (_, index) => `f${index}`) }],
  ])('a request that cannot be one is refused: %j', async (request) => {
    await using sheet = await givenAgents();
    await expect(sheet.ask(sheet.ada, request.paths, request)).rejects.toMatchObject({
      code: 'LOCK_INVALID',
      exit: 'usage',
    });
    expect(await findLocks(sheet.store)).toEqual([]);
  });
});

describe('resources', () => {
  test('an undeclared resource has one holder; a refusal lists the holders', async () => {
    await using sheet = await givenAgents();
    const request = { resources: ['port:3000'] };
    granted(await sheet.ask(sheet.ada, [], request));
    expect(refused(await sheet.ask(sheet.bo, [], request)).heldBy).toMatchObject([
      { agentName: 'ada', target: 'port:3000' },
    ]);
  });

  test('a declared capacity is the number of agents; raising it grants who waits', async () => {
    await using sheet = await givenAgents();
    await sheet.inSheet((tx) => declareResource(tx, 'test-suite', 2));
    const request = { resources: ['test-suite'] };
    granted(await sheet.ask(sheet.ada, [], request));
    granted(await sheet.ask(sheet.bo, [], request));
    const queued = waiting(await sheet.wait(sheet.cy, [], request));
    await sheet.inSheet((tx) => declareResource(tx, 'test-suite', 3));
    expect((await findLock(sheet.store, queued.id))?.state).toBe('held');
    expect(await findResources(sheet.store)).toEqual([{ name: 'test-suite', capacity: 3 }]);
    await expect(sheet.inSheet((tx) => declareResource(tx, 'x', 0))).rejects.toMatchObject({
      code: 'LOCK_INVALID',
    });
  });

  test('the last unit is kept for the one who asked first, though it waits for a path too', async () => {
    await using sheet = await givenAgents();
    await sheet.inSheet((tx) => declareResource(tx, 'db', 1));
    granted(await sheet.ask(sheet.ada, ['a']));
    waiting(await sheet.wait(sheet.bo, ['a'], { resources: ['db'] }));
    refused(await sheet.ask(sheet.cy, [], { resources: ['db'] }));
  });
});

describe('the queue', () => {
  test('is first come first served, and passes on at release', async () => {
    await using sheet = await givenAgents();
    const held = granted(await sheet.ask(sheet.ada, ['a']));
    const second = await sheet.wait(sheet.bo, ['a']);
    const third = await sheet.wait(sheet.cy, ['a', 'b']);
    expect([second, third].map((answer) => refused(answer).position)).toEqual([1, 2]);
    expect(refused(third).heldBy.map((each) => [each.agentName, each.lock.state])).toEqual([
      ['ada', 'held'],
      ['bo', 'queued'],
    ]);

    const released = await sheet.inSheet((tx) => releaseLock(tx, { agentId: sheet.ada, lockId: held.id }));

    expect(released.granted.map((lock) => lock.id)).toEqual([waiting(second).id]);
    const events = await findEvents(sheet.store, { type: 'lock.granted', agentId: sheet.bo });
    expect(events.at(-1)?.data).toMatchObject({ lock: waiting(second).id, paths: ['a'] });
    expect(await sheet.inSheet((tx) => claimQueued(tx, waiting(third).id))).toMatchObject({
      granted: false,
      position: 1,
    });
  });

  test('nobody passes an earlier request that overlaps; others do', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['a']));
    waiting(await sheet.wait(sheet.bo, ['a', 'b']));
    refused(await sheet.ask(sheet.cy, ['b']));
    granted(await sheet.ask(sheet.cy, ['c']));
  });

  test('asking again keeps the place', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['a']));
    const first = waiting(await sheet.wait(sheet.bo, ['a', 'b']));
    waiting(await sheet.wait(sheet.cy, ['a']));
    expect(waiting(await sheet.wait(sheet.bo, ['b', 'a'])).id).toBe(first.id);
  });

  test('a waiter that vanished loses its place; one that asks keeps it', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['a']));
    const gone = waiting(await sheet.wait(sheet.bo, ['a']));
    const stays = waiting(await sheet.wait(sheet.cy, ['a']));
    sheet.clock.advance(QUEUE_LEASE_MS - 1);
    expect(await sheet.inSheet((tx) => renewQueued(tx, stays.id))).toBe(sheet.clock.now() + QUEUE_LEASE_MS);
    sheet.clock.advance(1);
    await sheet.inSheet((tx) => releaseLock(tx, { agentId: sheet.ada, all: true }));
    expect((await findLock(sheet.store, gone.id))?.state).toBe('expired');
    expect((await findLock(sheet.store, stays.id))?.state).toBe('held');
    expect(await sheet.inSheet((tx) => claimQueued(tx, gone.id))).toBe('lost');
    expect(await sheet.inSheet((tx) => renewQueued(tx, gone.id))).toBe('lost');
  });

  test('a granted request that its waiter takes up holds for its whole time; else not for long', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['a', 'b']));
    const taken = waiting(await sheet.wait(sheet.bo, ['a'], { ttlMs: 10 * MINUTE }));
    const left = waiting(await sheet.wait(sheet.cy, ['b'], { ttlMs: 10 * MINUTE }));
    await sheet.inSheet((tx) => releaseLock(tx, { agentId: sheet.ada, all: true }));
    const now = sheet.clock.now();
    expect(await sheet.inSheet((tx) => claimQueued(tx, taken.id))).toMatchObject({
      granted: true,
      lock: { id: taken.id, state: 'held', expiresAt: now + 10 * MINUTE },
    });
    expect((await findLock(sheet.store, left.id))?.expiresAt).toBe(now + QUEUE_LEASE_MS);
  });

  test('a waiter that gives up leaves the queue', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['a']));
    const queued = waiting(await sheet.wait(sheet.bo, ['a', 'b']));
    const behind = waiting(await sheet.wait(sheet.cy, ['b']));
    const { granted: next } = await sheet.inSheet((tx) =>
      releaseLock(tx, { agentId: sheet.bo, lockId: queued.id }),
    );
    expect(next.map((lock) => lock.id)).toEqual([behind.id]);
  });
});

describe('deadlock', () => {
  test('a circle of two is refused and named, and nothing is queued', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['a.ts']));
    granted(await sheet.ask(sheet.bo, ['b.ts']));
    waiting(await sheet.wait(sheet.ada, ['b.ts']));
    await expect(sheet.wait(sheet.bo, ['a.ts'])).rejects.toMatchObject({
      code: 'LOCK_DEADLOCK',
      message:
        'That would never be granted: bo waits for a.ts of ada, ada waits for b.ts of bo. Nothing was queued.',
      data: {
        cycle: [
          { agent: 'bo', waitsFor: 'a.ts', of: 'ada' },
          { agent: 'ada', waitsFor: 'b.ts', of: 'bo' },
        ],
      },
    });
    expect(await findLocks(sheet.store, { states: ['queued'] })).toHaveLength(1);
    refused(await sheet.ask(sheet.bo, ['a.ts']));
  });

  test('a circle of three through the order of the queue is refused', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['a']));
    granted(await sheet.ask(sheet.cy, ['c']));
    waiting(await sheet.wait(sheet.bo, ['c', 'x']));
    waiting(await sheet.wait(sheet.ada, ['x']));
    await expect(sheet.wait(sheet.cy, ['a'])).rejects.toMatchObject({
      code: 'LOCK_DEADLOCK',
      data: {
        cycle: [
          { agent: 'cy' },
          { agent: 'ada', waitsFor: 'x', of: 'bo' },
          { agent: 'bo', waitsFor: 'c', of: 'cy' },
        ],
      },
    });
  });

  test('the locks of a circle are those that each waits for, in turn; where there is none there are none', async () => {
    await using sheet = await givenAgents();
    const ofAda = granted(await sheet.ask(sheet.ada, ['a']));
    const ofCy = granted(await sheet.ask(sheet.cy, ['c']));
    const ofBo = waiting(await sheet.wait(sheet.bo, ['c', 'x']));
    waiting(await sheet.wait(sheet.ada, ['x']));
    const circleOf = async (agentId: string, value: string) =>
      (await locksInCircle(sheet.store, { agentId, targets: [{ kind: 'path', value }] })).map(({ id }) => id);
    expect(await circleOf(sheet.cy, 'a')).toEqual([ofAda.id, ofBo.id, ofCy.id]);
    expect(await circleOf(sheet.cy, 'x')).toEqual([ofBo.id, ofCy.id]);
    expect(await circleOf(sheet.cy, 'y')).toEqual([]);
    expect(await circleOf(sheet.bo, 'a')).toEqual([ofAda.id, ofBo.id]);
  });

  test('waiting for one of several holders is no deadlock while one of them is free', async () => {
    await using sheet = await givenAgents();
    await sheet.inSheet((tx) => declareResource(tx, 'db', 2));
    granted(await sheet.ask(sheet.ada, [], { resources: ['db'] }));
    granted(await sheet.ask(sheet.bo, [], { resources: ['db'] }));
    granted(await sheet.ask(sheet.cy, ['c']));
    waiting(await sheet.wait(sheet.cy, [], { resources: ['db'] }));
    waiting(await sheet.wait(sheet.ada, ['c']));
    await expect(sheet.wait(sheet.bo, ['c'])).rejects.toMatchObject({ code: 'LOCK_DEADLOCK' });
    await expect(sheet.inSheet((tx) => declareResource(tx, 'db', 1))).rejects.toMatchObject({
      code: 'LOCK_DEADLOCK',
    });
    expect(await findResources(sheet.store)).toEqual([{ name: 'db', capacity: 2 }]);
  });
});

describe('an agent that asks twice', () => {
  test('is not refused for waiting behind one that waits behind its own first request', async () => {
    await using sheet = await givenAgents();
    const { ada, bo, cy, ask, wait, inSheet } = sheet;
    granted(await ask(bo, ['src/']));
    const first = waiting(await wait(cy, ['src/']));
    waiting(await wait(ada, ['src/']));
    // With its first request it has `src/` before ada has: nobody waits in a circle.
    const second = waiting(await wait(cy, ['src/', 'docs/']));
    await inSheet((tx) => releaseLock(tx, { agentId: bo, all: true }));
    expect((await findLocks(sheet.store, { states: ['held'] })).map((lock) => lock.id)).toEqual([
      first.id,
      second.id,
    ]);
  });

  test('is granted what it holds by its other request in the same transaction', async () => {
    await using sheet = await givenAgents();
    const { ada, bo, cy, ask, wait, inSheet } = sheet;
    granted(await ask(bo, ['docs/']));
    const wide = waiting(await wait(cy, ['**']));
    waiting(await wait(ada, ['**']));
    const narrow = waiting(await wait(cy, ['src/a.ts']));
    const { granted: now } = await inSheet((tx) => releaseLock(tx, { agentId: bo, all: true }));
    expect(now.map((lock) => lock.id)).toEqual([wide.id, narrow.id]);
  });
});

describe('lease', () => {
  test('expiry frees, and grants the next in the same transaction', async () => {
    await using sheet = await givenAgents();
    const held = granted(await sheet.ask(sheet.ada, ['a'], { ttlMs: MINUTE }));
    const queued = waiting(await sheet.wait(sheet.bo, ['a'], { ttlMs: 2 * MINUTE }));
    expect(await nextLockExpiry(sheet.store)).toBe(held.expiresAt);
    sheet.clock.advance(MINUTE - 1);
    await sheet.inSheet((tx) => renewQueued(tx, queued.id));
    expect(await sheet.inSheet(expireLocks)).toEqual({ expired: [], granted: [] });
    sheet.clock.advance(1);
    const { expired, granted: next } = await sheet.inSheet(expireLocks);
    expect(expired.map((lock) => [lock.id, lock.state, lock.paths])).toEqual([[held.id, 'expired', ['a']]]);
    expect(next.map((lock) => lock.id)).toEqual([queued.id]);
    expect((await findEvents(sheet.store, { type: 'lock.expired', path: 'a' }))[0]?.agentId).toBe(sheet.ada);
  });

  test('an acquire takes what has run out', async () => {
    await using sheet = await givenAgents();
    granted(await sheet.ask(sheet.ada, ['a'], { ttlMs: MINUTE }));
    sheet.clock.advance(MINUTE);
    granted(await sheet.ask(sheet.bo, ['a']));
  });

  test('a renewal never shortens, and is lost once the lock has gone', async () => {
    await using sheet = await givenAgents();
    const held = granted(await sheet.ask(sheet.ada, ['a'], { ttlMs: 5 * MINUTE, taskId: 't', attempt: 2 }));
    expect(await sheet.inSheet((tx) => renewLock(tx, held.id, MINUTE))).toBe(held.expiresAt);
    await sheet.inSheet((tx) => renewLocksOfClaim(tx, { taskId: 't', attempt: 2 }, 7 * MINUTE));
    expect((await findLock(sheet.store, held.id))?.expiresAt).toBe(sheet.clock.now() + 7 * MINUTE);
    await sheet.inSheet((tx) => releaseLocksOfClaim(tx, { taskId: 't', attempt: 2 }));
    expect(await sheet.inSheet((tx) => renewLock(tx, held.id, MINUTE))).toBe('lost');
  });
});

describe('release', () => {
  test('of one path keeps the others of the lock', async () => {
    await using sheet = await givenAgents();
    const held = granted(await sheet.ask(sheet.ada, ['a', 'b'], { resources: ['db'] }));
    const { released } = await sheet.inSheet((tx) =>
      releaseLock(tx, { agentId: sheet.ada, paths: ['a', 'zzz'] }),
    );
    expect(released).toMatchObject([{ id: held.id, state: 'held', paths: ['a'], resources: [] }]);
    granted(await sheet.ask(sheet.bo, ['a']));
    refused(await sheet.ask(sheet.bo, ['b']));
    await sheet.inSheet((tx) => releaseLock(tx, { agentId: sheet.ada, paths: ['b'], resources: ['db'] }));
    expect((await findLock(sheet.store, held.id))?.state).toBe('released');
  });

  test('of a lock of another agent is refused, but not to a person', async () => {
    await using sheet = await givenAgents();
    const held = granted(await sheet.ask(sheet.ada, ['a']));
    const release = { agentId: sheet.bo, lockId: held.id };
    await expect(sheet.inSheet((tx) => releaseLock(tx, release))).rejects.toMatchObject({
      code: 'LOCK_NOT_YOURS',
    });
    await expect(
      sheet.inSheet((tx) => releaseLock(tx, { agentId: sheet.bo, lockId: 'lock-99' })),
    ).rejects.toMatchObject({ code: 'LOCK_UNKNOWN' });
    expect((await sheet.inSheet((tx) => releaseLock(tx, { agentId: sheet.bo, all: true }))).released).toEqual(
      [],
    );
    expect(
      (await sheet.inSheet((tx) => releaseLock(tx, { ...release, ofOthers: true }))).released,
    ).toHaveLength(1);
    expect((await sheet.inSheet((tx) => releaseLock(tx, { ...release, ofOthers: true }))).released).toEqual(
      [],
    );
  });
});

describe('what is held', () => {
  test('landing finds locks by hand on the paths it changes, without those that ran out', async () => {
    await using sheet = await givenAgents();
    const byHand = granted(await sheet.ask(sheet.ada, ['src/*.ts'], { ttlMs: MINUTE }));
    granted(await sheet.ask(sheet.bo, ['docs'], { byHand: false }));
    waiting(await sheet.wait(sheet.cy, ['src/a.ts']));
    const changed = ['docs/x.md', 'src/a.ts', 'src/b.ts'];
    const ids = async (filter: Parameters<typeof locksOverlapping>[2]) =>
      (await locksOverlapping(sheet.store, changed, filter)).map((holder) => holder.lock.agentId);
    expect(await ids({})).toEqual([sheet.ada, sheet.bo]);
    expect(await ids({ byHandOnly: true })).toEqual([sheet.ada]);
    expect(await ids({ byHandOnly: true, exceptAgent: sheet.ada })).toEqual([]);
    expect(await ids({ byHandOnly: true, nowMs: byHand.expiresAt })).toEqual([]);
  });

  test('the view shows it in plain words, and an illegal move is refused by the sheet itself', async () => {
    await using sheet = await givenAgents();
    const held = granted(await sheet.ask(sheet.ada, ['a', 'b'], { reason: 're\u001b[2Jfactoring' }));
    expect(
      await sheet.store.all(statement`select id, state, agent, targets, reason, expires from locks`),
    ).toMatchObject([
      {
        id: held.id,
        state: 'held',
        agent: sheet.ada,
        targets: 'a, b',
        reason: 'refactoring',
        expires: new Date(held.expiresAt).toISOString(),
      },
    ]);
    await sheet.inSheet((tx) => releaseLock(tx, { agentId: sheet.ada, all: true }));
    const { sql } = await import('../store/index.js');
    await expect(
      sheet.inSheet((tx) => tx.run(sql`update lock set state = 'held', ended_ms = null`)),
    ).rejects.toThrow('not a legal move of a lock');
  });
});

test('letting go of what covered a waiting request leaves no deadlock: the request leaves the queue', async () => {
  await using given = await givenAgents();
  const { ada, bo, cy, ask, wait, inSheet } = given;
  granted(await ask(ada, ['a/**'], { resources: ['one'] }));
  granted(await ask(cy, ['b']));
  const first = waiting(await wait(bo, ['a'], { resources: ['one'] }));
  // Covered by what ada holds, so bo's earlier request for it does not count.
  const second = waiting(await wait(ada, ['b', 'a/y.ts']));
  await inSheet((tx) => releaseLock(tx, { agentId: ada, paths: ['a/**'] }));
  expect(await inSheet((tx) => claimQueued(tx, second.id))).toBe('lost');
  await inSheet((tx) => releaseLock(tx, { agentId: ada, resources: ['one'] }));
  granted((await inSheet((tx) => claimQueued(tx, first.id))) as LockAnswer);
});
