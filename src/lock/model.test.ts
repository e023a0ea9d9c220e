import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { agentSchema, followingSchema } from '../agent/index.js';
import { CallsheetError } from '../error/index.js';
import { eventSchema } from '../event/index.js';
import { acquireLock, claimQueued, declareResource, findLocks, lockSchema, releaseLock } from './index.js';

const AGENTS = ['ada', 'bo', 'cy', 'dee'];
const PATHS = ['**', 'a/', 'a/x', 'a/y', 'b/', 'b/z', 'c'];
const CAPACITY: Record<string, number> = { one: 1, two: 2 };

interface Request {
  number: number;
  agent: string;
  targets: string[];
  isHeld: boolean;
}

type Answer = 'granted' | 'refused' | 'waits' | 'deadlock';

const coversPath = (wide: string, narrow: string): boolean =>
  wide === narrow || wide === '**' || (wide.endsWith('/') && narrow.startsWith(wide));
const covers = (held: string, wanted: string): boolean =>
  held in CAPACITY || wanted in CAPACITY ? held === wanted : coversPath(held, wanted);
const meet = (one: string, other: string): boolean => covers(one, other) || covers(other, one);

/** What the queue promises, without a thought for speed: every question looks at every request. */
class Model {
  #count = 0;
  constructor(public requests: Request[] = []) {}

  ask(agent: string, targets: string[], isQueued: boolean): Answer {
    const own = this.requests.filter((each) => each.agent === agent);
    const hasAll = (each: Request) =>
      targets.every((target) => each.targets.some((has) => covers(has, target)));
    if (own.some((each) => each.isHeld && hasAll(each))) return 'granted';
    const wish = { number: (this.#count += 1), agent, targets, isHeld: false };
    if (!this.waits(wish)) {
      this.requests.push({ ...wish, isHeld: true });
      return 'granted';
    }
    if (!isQueued) return 'refused';
    if (own.some((each) => !each.isHeld && isSameSet(each.targets, targets))) return 'waits';
    if (new Model([...this.requests, wish]).stuck().has(agent)) return 'deadlock';
    this.requests.push(wish);
    return 'waits';
  }

  /** Somebody holds it, or asked for it before: nobody is overtaken. What one has already nobody can be in front of. */
  waits(request: Request): boolean {
    const others = this.requests.filter((each) => each.agent !== request.agent);
    const own = this.requests.filter((each) => each.agent === request.agent && each.isHeld);
    return request.targets.some((target) => {
      if (own.some((each) => each.targets.some((has) => covers(has, target)))) return false;
      const inFront = others.filter(
        (each) =>
          (each.isHeld || each.number < request.number) && each.targets.some((has) => meet(has, target)),
      );
      return new Set(inFront.map((each) => each.agent)).size >= (CAPACITY[target] ?? 1);
    });
  }

  letGo(leaves: (request: Request) => boolean): void {
    const agents = new Set(this.requests.filter(leaves).map((each) => each.agent));
    this.requests = this.requests.filter((each) => !leaves(each));
    for (const agent of agents) {
      while (this.stuck().has(agent)) {
        const newest = this.requests.findLast((each) => each.agent === agent && !each.isHeld);
        this.requests = this.requests.filter((each) => each !== newest);
      }
    }
    this.grant();
  }

  grant(): void {
    for (let next: Request | undefined; ;) {
      next = this.requests.find((each) => !each.isHeld && !this.waits(each));
      if (next === undefined) return;
      next.isHeld = true;
    }
  }

  /** Who is left when everybody who waits for nothing ends and lets go, again and again. */
  stuck(): Set<string> {
    const rest = new Model(this.requests.map((each) => ({ ...each })));
    for (;;) {
      const waiting = new Set(rest.requests.filter((each) => !each.isHeld).map((each) => each.agent));
      const before = rest.requests.length;
      rest.requests = rest.requests.filter((each) => waiting.has(each.agent));
      if (rest.requests.length === before) return waiting;
      rest.grant();
    }
  }
}

function isSameSet(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}

const agent = fc.constantFrom(...AGENTS);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      agent,
      paths: fc.uniqueArray(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 2 }),
      resources: fc.oneof(fc.constant<string[]>([]), fc.subarray(Object.keys(CAPACITY))),
      queue: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), pick: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), agent }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take-up' as const), pick: fc.nat(9) }) },
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

async function clear(): Promise<void> {
  await sheet.store.transaction(async (tx) => {
    for (const { agentId } of await findLocks(tx)) await releaseLock(tx, { agentId, all: true });
  });
}

async function takeBoth(each: Step, model: Model): Promise<Answer | undefined> {
  const open = await findLocks(sheet.store);
  return sheet.store.transaction(async (tx) => {
    if (each.do === 'ask') {
      const expected = model.ask(each.agent, [...each.paths, ...each.resources], each.queue);
      const answer = await acquireLock(tx, {
        agentId: each.agent,
        byHand: true,
        ttlMs: 3_600_000,
        ...each,
      }).then(
        (said): Answer => (said.granted ? 'granted' : said.queued === undefined ? 'refused' : 'waits'),
        (error: unknown): Answer => {
          if (error instanceof CallsheetError && error.code === 'LOCK_DEADLOCK') return 'deadlock';
          throw error;
        },
      );
      expect(answer).toBe(expected);
      return answer;
    }
    if (each.do === 'end') {
      model.letGo((request) => request.agent === each.agent);
      await releaseLock(tx, { agentId: each.agent, all: true });
      return undefined;
    }
    const picked = open[each.pick % Math.max(1, open.length)];
    if (picked === undefined) return undefined;
    if (each.do === 'take-up') await claimQueued(tx, picked.id);
    else {
      const mine = model.requests[open.indexOf(picked)];
      model.letGo((request) => request === mine);
      await releaseLock(tx, { agentId: picked.agentId, lockId: picked.id });
    }
    return undefined;
  });
}

test('locks are granted, queued and refused as a model without haste would: no circle of waits is missed or made up, and nobody waits for ever', async () => {
  const answers = new Map<Answer | undefined, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      await clear();
      const model = new Model();
      for (const each of steps) {
        const answer = await takeBoth(each, model);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        const open = await findLocks(sheet.store);
        expect(open.map((lock) => [lock.agentId, lock.state, ...lock.paths, ...lock.resources])).toEqual(
          model.requests.map((one) => [one.agent, one.isHeld ? 'held' : 'queued', ...one.targets]),
        );
        expect([...model.stuck()]).toEqual([]);
      }
    }),
    { numRuns: 100 },
  );
  for (const answer of ['granted', 'refused', 'waits', 'deadlock'] as const)
    expect(answers.get(answer), answer).toBeGreaterThan(20);
});

test('a wide request is granted when those before it have let go, however many narrow ones come after it', async () => {
  const ask = (agentId: string, paths: string[]) =>
    sheet.store.transaction((tx) =>
      acquireLock(tx, { agentId, paths, resources: [], queue: true, byHand: true, ttlMs: 3_600_000 }),
    );
  const end = (agentId: string) => sheet.store.transaction((tx) => releaseLock(tx, { agentId, all: true }));
  const narrow = fc.array(fc.constantFrom('a/x', 'a/y', 'b/z', 'c'), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(narrow, async (later) => {
      await clear();
      const holders = ['ada', 'bo'];
      await ask('ada', ['a/x']);
      await ask('bo', ['b/']);
      expect(await ask('cy', ['**'])).toMatchObject({ granted: false, position: 1 });
      for (const [index, path] of later.entries())
        expect(await ask(`late-${index}`, [path])).toMatchObject({ granted: false });
      for (const holder of holders) await end(holder);
      expect(await findLocks(sheet.store, { states: ['held'] })).toMatchObject([
        { agentId: 'cy', paths: ['**'] },
      ]);
    }),
    { numRuns: 15 },
  );
});
