import fc from 'fast-check';
import { expect, test } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { CallsheetError } from '../error/index.js';
import { eventSchema } from '../event/index.js';
import { sql, type Row, type Transaction } from '../store/index.js';
import {
  blockTask,
  cancelTask,
  claimTask,
  createTasks,
  failAttempt,
  findAttempts,
  findTasks,
  finishTask,
  hasEnded,
  heartbeat,
  holdsClaim,
  pauseTask,
  reapLapsed,
  recordResult,
  releaseTask,
  reopenTask,
  resumeTask,
  sendToLanding,
  TASK_MOVES,
  taskReviewSchema,
  taskSchema,
  type Claim,
  type TaskState,
} from './index.js';

const TASKS = ['a', 'b', 'c'];
const AGENTS = ['ada', 'bo', 'cy'];
const LEASE_MS = 90_000;
const ATTEMPTS = 3;

/** What a model of one task knows. */
interface Known {
  state: TaskState;
  attempt: number;
  failures: number;
  holder?: string;
  leaseEndsAt?: number;
}

/** What the holder of a claim writes, and the state that it asks for; undefined when the task stays where it is. */
const WRITES = {
  heartbeat: { write: (tx: Transaction, claim: Claim) => heartbeat(tx, claim, LEASE_MS), to: undefined },
  result: {
    write: (tx: Transaction, claim: Claim) =>
      recordResult(tx, claim, { summary: 'Did it', files: [], findings: [] }),
    to: undefined,
  },
  landing: { write: (tx: Transaction, claim: Claim) => sendToLanding(tx, claim), to: 'landing' },
  done: { write: (tx: Transaction, claim: Claim) => finishTask(tx, claim), to: 'done' },
  block: { write: (tx: Transaction, claim: Claim) => blockTask(tx, claim, 'Which one?'), to: 'blocked' },
  fail: { write: (tx: Transaction, claim: Claim) => failAttempt(tx, claim, 'It broke'), to: 'failed' },
  release: { write: (tx: Transaction, claim: Claim) => releaseTask(tx, claim, 'Had to go'), to: 'ready' },
} as const;
type WriteName = keyof typeof WRITES;

/** What a person does to a task, whoever holds it. */
const ORDERS = {
  pause: {
    order: (tx: Transaction, id: string) => pauseTask(tx, id, 'Wait'),
    from: ['running'],
    to: 'paused',
  },
  resume: {
    order: (tx: Transaction, id: string) => resumeTask(tx, id, LEASE_MS),
    from: ['paused', 'blocked'],
    to: 'running',
  },
  cancel: {
    order: (tx: Transaction, id: string) => cancelTask(tx, id, 'Not needed'),
    from: ['ready', 'running', 'paused', 'blocked', 'landing', 'failed'],
    to: 'cancelled',
  },
  reopen: {
    order: (tx: Transaction, id: string) => reopenTask(tx, id, 'Once more'),
    from: ['done', 'failed', 'cancelled'],
    to: 'ready',
  },
} as const;
type OrderName = keyof typeof ORDERS;

const names = <Name extends string>(table: Record<Name, unknown>) =>
  fc.constantFrom(...(Object.keys(table) as Name[]));
const id = fc.constantFrom(...TASKS);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('claim' as const), id, agent: fc.constantFrom(...AGENTS) }),
  },
  {
    // `late` picks among all the claims that there have ever been: most of them have gone.
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('write' as const), write: names(WRITES), late: fc.nat(5) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('order' as const), id, order: names(ORDERS) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 2 * LEASE_MS }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reap' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly known = new Map<string, Known>(
    TASKS.map((each) => [each, { state: 'ready', attempt: 0, failures: 0 }]),
  );
  /** Newest first. */
  readonly claims: Claim[] = [];
  readonly answers = new Map<string, number>();
  constructor(readonly sheet: Awaited<ReturnType<typeof givenStore>>) {}

  async take(each: Step): Promise<void> {
    if (each.do === 'pass') this.sheet.clock.advance(each.ms);
    else if (each.do === 'claim') await this.claim(each.id, each.agent);
    else if (each.do === 'reap') await this.reap();
    else if (each.do === 'order') await this.order(each.id, each.order);
    else await this.write(each.write, this.claims[each.late]);
  }

  private async claim(taskId: string, agent: string): Promise<void> {
    const known = this.of(taskId);
    const granted = await this.in((tx) => claimTask(tx, taskId, { id: agent, name: agent }, LEASE_MS));
    expect(granted !== undefined).toBe(known.state === 'ready');
    if (granted === undefined) return;
    expect(granted.attempt).toBe(known.attempt + 1);
    this.claims.unshift({ taskId, attempt: granted.attempt });
    this.known.set(taskId, {
      ...{ state: 'running', attempt: granted.attempt, failures: known.failures, holder: agent },
      leaseEndsAt: this.sheet.clock.now() + LEASE_MS,
    });
  }

  private async write(name: WriteName, claim: Claim | undefined): Promise<void> {
    if (claim === undefined) return;
    const known = this.of(claim.taskId);
    const holds = known.attempt === claim.attempt && known.holder !== undefined;
    const { to } = WRITES[name];
    const goal = name === 'fail' && known.failures + 1 < ATTEMPTS ? 'ready' : to;
    const isLegal = goal === undefined || isMove(known.state, goal);
    const answer = await this.answerOf((tx) => WRITES[name].write(tx, claim));
    expect(answer, `${name} on a ${known.state} task`).toBe(
      !holds ? 'LEASE_LOST' : isLegal ? 'written' : 'TASK_STATE',
    );
    if (answer !== 'written') return;
    if (name === 'heartbeat')
      this.update(claim.taskId, {
        leaseEndsAt: Math.max(known.leaseEndsAt ?? 0, this.sheet.clock.now() + LEASE_MS),
      });
    if (goal !== undefined)
      this.move(claim.taskId, goal, name === 'fail' ? { failures: known.failures + 1 } : {});
  }

  private async order(taskId: string, name: OrderName): Promise<void> {
    const known = this.of(taskId);
    const { from, to } = ORDERS[name];
    const answer = await this.answerOf((tx) => ORDERS[name].order(tx, taskId));
    const isLegal = (from as readonly TaskState[]).includes(known.state);
    expect(answer, `${name} on a ${known.state} task`).toBe(isLegal ? 'written' : 'TASK_STATE');
    if (!isLegal) return;
    this.move(taskId, to, {
      ...(name === 'reopen' ? { failures: 0 } : {}),
      ...(name === 'resume' ? { leaseEndsAt: this.sheet.clock.now() + LEASE_MS } : {}),
    });
  }

  private async reap(): Promise<void> {
    const now = this.sheet.clock.now();
    const lapsed = [...this.known].filter(
      ([, known]) => known.state === 'running' && (known.leaseEndsAt ?? now) <= now,
    );
    const reaped = await this.in((tx) => reapLapsed(tx));
    expect(reaped.map(({ held }) => held.id).sort()).toEqual(lapsed.map(([taskId]) => taskId).sort());
    for (const [taskId, { failures }] of lapsed)
      this.move(taskId, failures + 1 < ATTEMPTS ? 'ready' : 'failed', { failures: failures + 1 });
  }

  private move(taskId: string, to: TaskState, more: Partial<Known> = {}): void {
    const { holder, leaseEndsAt, ...known } = this.of(taskId);
    const claim = holdsClaim(to) ? { holder, leaseEndsAt } : {};
    this.known.set(taskId, { ...known, ...claim, state: to, ...more } as Known);
  }

  private update(taskId: string, more: Partial<Known>): void {
    this.known.set(taskId, { ...this.of(taskId), ...more });
  }

  private of(taskId: string): Known {
    const known = this.known.get(taskId);
    if (known === undefined) throw new Error(`${taskId} is no task of this test`);
    return known;
  }

  private in<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.sheet.store.transaction(work);
  }

  /** `written`, or the code of the refusal, which must have left no trace. */
  private async answerOf(work: (tx: Transaction) => Promise<unknown>): Promise<string> {
    const before = await this.everything();
    const answer = await this.in(work).then(
      () => 'written',
      (error: unknown) => {
        if (error instanceof CallsheetError) return error.code;
        throw error;
      },
    );
    if (answer !== 'written') expect(await this.everything()).toEqual(before);
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
    return answer;
  }

  private async everything(): Promise<Row[][]> {
    const { store } = this.sheet;
    return Promise.all(
      [
        sql`select * from task`,
        sql`select * from task_attempt`,
        sql`select count(*) as events, max(seq) as newest from event`,
      ].map((each) => store.all(each)),
    );
  }

  async check(): Promise<void> {
    for (const task of await findTasks(this.sheet.store)) {
      const { state, attempt, failures, holder, leaseEndsAt } = this.of(task.id);
      expect([task.id, task.state, task.attempt, task.failures, task.claimedBy, task.leaseExpiresAt]).toEqual(
        [task.id, state, attempt, failures, holder, leaseEndsAt],
      );
      const open = (await findAttempts(this.sheet.store, task.id)).filter(
        (each) => each.endedAt === undefined,
      );
      // One holder at most: an attempt that is under way is the newest, and that of whoever holds the task.
      expect(open.map((each) => [each.attempt, each.agentId])).toEqual(
        holdsClaim(state) && state !== 'landing' ? [[attempt, holder]] : [],
      );
      if (hasEnded(state)) expect(task.endedAt).toBeDefined();
    }
  }
}

function isMove(from: TaskState, to: TaskState): boolean {
  return (TASK_MOVES[from] as readonly TaskState[]).includes(to);
}

test('whatever agents, people and the clock do in turn: one holder at a time, only legal moves, and a late write misses without a trace', async () => {
  const answers = new Map<string, number>();
  await using sheet = await givenStore([eventSchema, taskSchema, taskReviewSchema]);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (steps) => {
      await sheet.store.transaction(async (tx) => {
        await tx.run(sql`delete from task_attempt`);
        await tx.run(sql`delete from task`);
        await createTasks(
          tx,
          TASKS.map((each) => ({ id: each, title: each, spec: each, attempts: ATTEMPTS })),
        );
      });
      const world = new World(sheet);
      for (const each of steps) {
        await world.take(each);
        await world.check();
      }
      for (const [answer, count] of world.answers) answers.set(answer, (answers.get(answer) ?? 0) + count);
    }),
    { numRuns: 150 },
  );
  for (const answer of ['written', 'LEASE_LOST', 'TASK_STATE'])
    expect(answers.get(answer), answer).toBeGreaterThan(100);
});
