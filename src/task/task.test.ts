import { describe, expect, it } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { eventSchema, findEvents } from '../event/index.js';
import { sql, type Transaction } from '../store/index.js';
import {
  addDependency,
  adoptTasks,
  blockTask,
  cancelTask,
  claimNextTask,
  claimTask,
  countTasks,
  createTasks,
  DEFAULT_LEASE_MS,
  failAttempt,
  findAttempts,
  findTask,
  finishTask,
  heartbeat,
  holdsClaim,
  pauseTask,
  reapLapsed,
  recordResult,
  releaseTask,
  reopenTask,
  requireTask,
  resumeTask,
  sendToLanding,
  TASK_MOVES,
  TASK_STATES,
  taskReviewSchema,
  taskSchema,
  type Claim,
  type NewTask,
} from './index.js';

const ada = { id: 'agent-1', name: 'ada' };
const bo = { id: 'agent-2', name: 'bo', speciality: 'css' };

const task = (id: string, more: Partial<NewTask> = {}): NewTask => ({
  id,
  title: id,
  spec: `Do ${id}`,
  ...more,
});

async function givenTasks(...tasks: NewTask[]) {
  const given = await givenStore([eventSchema, taskSchema, taskReviewSchema]);
  await given.store.transaction((tx) => createTasks(tx, tasks));
  const write = given.store.transaction.bind(given.store);
  return { ...given, write };
}

const claimed = (write: Awaited<ReturnType<typeof givenTasks>>['write'], id: string, agent = ada) =>
  write(async (tx) => {
    const claim = await claimTask(tx, id, agent, DEFAULT_LEASE_MS);
    if (claim === undefined) throw new Error(`${id} was not ready`);
    return { taskId: claim.taskId, attempt: claim.attempt };
  });

describe('the legal moves', () => {
  it('are the same in the code and in the sheet', async () => {
    await using given = await givenTasks();
    const holder = (state: string) => (holdsClaim(state as never) ? 'agent-1' : null);
    const lease = (state: string) => (holdsClaim(state as never) ? 1 : null);
    for (const from of TASK_STATES) {
      for (const to of TASK_STATES.filter((state) => state !== from)) {
        const isLegal = await given.write(async (tx) => {
          await tx.run(sql`delete from task`);
          await tx.run(sql`
            insert into task (id, title, spec, kind, state, is_group, claimed_by, lease_expires_ms, created_ms)
            values ('a', 'a', 'a', 'fix', ${from}, 1, ${holder(from)}, ${lease(from)}, 0)`);
          const move = tx.run(sql`
            update task set state = ${to}, claimed_by = ${holder(to)}, lease_expires_ms = ${lease(to)} where id = 'a'`);
          return move.then(
            () => true,
            (error: unknown) => {
              expect(String(error)).toContain('not a legal move');
              return false;
            },
          );
        });
        expect(`${from} → ${to}: ${isLegal}`).toBe(
          `${from} → ${to}: ${(TASK_MOVES[from] as readonly string[]).includes(to)}`,
        );
      }
    }
  });

  it('keep the claim and the state together, whoever writes', async () => {
    await using given = await givenTasks(task('a'));
    const wrong = given.write((tx) =>
      tx.run(sql`update task set claimed_by = 'agent-1', lease_expires_ms = 1 where id = 'a'`),
    );
    await expect(wrong).rejects.toThrow('CHECK constraint');
  });
});

describe('claiming', () => {
  it('gives a task to one agent only', async () => {
    await using given = await givenTasks(task('a'));
    const both = await Promise.all(
      [ada, bo].map((agent) => given.write((tx) => claimTask(tx, 'a', agent, 1_000))),
    );
    expect(both.filter((claim) => claim !== undefined)).toHaveLength(1);
  });

  it('takes the most urgent first, then the own speciality, then the oldest', async () => {
    await using given = await givenTasks(
      task('old'),
      task('styled', { speciality: 'css' }),
      task('urgent', { priority: 1 }),
      task('last', { priority: 9 }),
    );
    const order: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const claim = await given.write((tx) => claimNextTask(tx, bo, 1_000));
      order.push(claim?.taskId ?? 'none');
    }
    expect(order).toEqual(['urgent', 'styled', 'old', 'last']);
    expect(await given.write((tx) => claimNextTask(tx, bo, 1_000))).toBeUndefined();
  });

  it('does not offer what is assigned to somebody else, belongs to a run, is a group or waits', async () => {
    await using given = await givenTasks(
      task('for-bo', { assignee: 'bo' }),
      task('of-run', { runId: 'run-1' }),
      task('group'),
      task('child', { parent: 'group', assignee: 'bo' }),
      task('waiting', { after: ['for-bo'] }),
    );
    expect(await given.write((tx) => claimNextTask(tx, ada, 1_000))).toBeUndefined();
    const claim = await given.write((tx) => claimNextTask(tx, bo, 1_000));
    expect(claim?.taskId).toBe('for-bo');
  });

  it('counts attempts, and records each', async () => {
    await using given = await givenTasks(task('a'));
    const first = await claimed(given.write, 'a');
    await given.write((tx) => releaseTask(tx, first, 'had to go'));
    const second = await claimed(given.write, 'a', bo);
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    const attempts = await findAttempts(given.store, 'a');
    expect(attempts.map((each) => [each.attempt, each.agentId, each.outcome])).toEqual([
      [1, 'agent-1', 'released'],
      [2, 'agent-2', undefined],
    ]);
  });
});

describe('a claim that has gone', () => {
  const writes: Record<string, (tx: Transaction, claim: Claim) => Promise<unknown>> = {
    heartbeat: (tx, claim) => heartbeat(tx, claim, 1_000),
    complete: (tx, claim) => recordResult(tx, claim, { summary: 'late', files: [], findings: [] }),
    land: (tx, claim) => sendToLanding(tx, claim),
    finish: (tx, claim) => finishTask(tx, claim),
    fail: (tx, claim) => failAttempt(tx, claim, 'late'),
    block: (tx, claim) => blockTask(tx, claim, 'late'),
    release: (tx, claim) => releaseTask(tx, claim, 'late'),
  };

  for (const [name, write] of Object.entries(writes)) {
    it(`cannot ${name}, is told so, and changes nothing`, async () => {
      await using given = await givenTasks(task('a'));
      const old = await claimed(given.write, 'a');
      given.clock.advance(DEFAULT_LEASE_MS + 1);
      await given.write(reapLapsed);
      given.clock.advance(60_000);
      await claimed(given.write, 'a', bo);
      const before = await requireTask(given.store, 'a');
      await expect(given.write((tx) => write(tx, old))).rejects.toMatchObject({
        code: 'LEASE_LOST',
        data: { currentAttempt: 2 },
      });
      expect(await requireTask(given.store, 'a')).toEqual(before);
      expect((await findAttempts(given.store, 'a'))[1]?.outcome).toBeUndefined();
    });
  }
});

describe('leases', () => {
  it('are extended by a heartbeat, never shortened', async () => {
    await using given = await givenTasks(task('a'));
    const claim = await claimed(given.write, 'a');
    const first = (await requireTask(given.store, 'a')).leaseExpiresAt ?? 0;
    expect(await given.write((tx) => heartbeat(tx, claim, 10))).toBe(first);
    given.clock.advance(50_000);
    expect(await given.write((tx) => heartbeat(tx, claim, DEFAULT_LEASE_MS))).toBe(first + 50_000);
  });

  it('that ran out give the task back after a pause, and fail it when its attempts are used up', async () => {
    await using given = await givenTasks(task('a', { attempts: 2 }));
    await claimed(given.write, 'a');
    expect(await given.write(reapLapsed)).toEqual([]);
    given.clock.advance(DEFAULT_LEASE_MS);
    const [first] = await given.write(reapLapsed);
    expect([first?.held.claimedBy, first?.now.state]).toEqual(['agent-1', 'ready']);
    expect((await requireTask(given.store, 'a')).runAfter).toBe(given.clock.now() + 1_000);
    await claimed(given.write, 'a');
    given.clock.advance(DEFAULT_LEASE_MS);
    expect((await given.write(reapLapsed))[0]?.now).toMatchObject({ state: 'failed', failures: 2 });
  });

  it('do not reap what is paused, blocked or landing', async () => {
    await using given = await givenTasks(task('paused'), task('blocked'), task('landing'));
    await claimed(given.write, 'paused');
    const blocked = await claimed(given.write, 'blocked');
    const landing = await claimed(given.write, 'landing');
    await given.write(async (tx) => {
      await pauseTask(tx, 'paused', 'wait');
      await blockTask(tx, blocked, 'which?');
      await sendToLanding(tx, landing);
    });
    given.clock.advance(10 * DEFAULT_LEASE_MS);
    expect(await given.write(reapLapsed)).toEqual([]);
  });
});

describe('dependencies', () => {
  it('hold a task back until all of them are done', async () => {
    await using given = await givenTasks(task('a'), task('b'), task('c', { after: ['a', 'b'] }));
    expect((await requireTask(given.store, 'c')).state).toBe('waiting');
    const a = await claimed(given.write, 'a');
    expect((await given.write((tx) => finishTask(tx, a))).freed).toEqual([]);
    const b = await claimed(given.write, 'b');
    const { freed } = await given.write((tx) => finishTask(tx, b));
    expect(freed.map((each) => each.id)).toEqual(['c']);
    expect((await requireTask(given.store, 'c')).state).toBe('ready');
  });

  it('may point at tasks further down the plan, and at ones that are done', async () => {
    await using given = await givenTasks(
      task('first', { after: ['second'] }),
      task('second'),
      task('old', { isDone: true }),
      task('new', { after: ['old'] }),
    );
    const states = await Promise.all(
      ['first', 'second', 'old', 'new'].map(async (id) => (await requireTask(given.store, id)).state),
    );
    expect(states).toEqual(['waiting', 'ready', 'done', 'ready']);
  });

  it('that would close a cycle are refused with the cycle named', async () => {
    await using given = await givenTasks(task('a'), task('b', { after: ['a'] }), task('c', { after: ['b'] }));
    const closing = given.write((tx) => addDependency(tx, 'a', 'c'));
    await expect(closing).rejects.toMatchObject({
      code: 'TASK_CYCLE',
      message: expect.stringContaining('a → c → b → a') as string,
    });
    expect((await requireTask(given.store, 'a')).state).toBe('ready');
  });

  it('make a group done when its children are, and offer what waits for the group', async () => {
    await using given = await givenTasks(
      task('group'),
      task('one', { parent: 'group' }),
      task('two', { parent: 'group' }),
      task('then', { after: ['group'] }),
    );
    const one = await claimed(given.write, 'one');
    await given.write((tx) => finishTask(tx, one));
    expect((await requireTask(given.store, 'group')).state).toBe('waiting');
    const two = await claimed(given.write, 'two');
    const { freed } = await given.write((tx) => finishTask(tx, two));
    expect(freed.map((each) => each.id)).toEqual(['then']);
    expect((await requireTask(given.store, 'group')).state).toBe('done');
  });
});

describe('failing', () => {
  it('offers the task again with a growing pause until its attempts are used up', async () => {
    await using given = await givenTasks(task('a'));
    const pauses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      given.clock.advance(120_000);
      const claim = await claimed(given.write, 'a');
      const failed = await given.write((tx) => failAttempt(tx, claim, `reason ${n}`));
      pauses.push(failed.state === 'ready' ? failed.runAfter - given.clock.now() : -1);
    }
    expect(pauses).toEqual([1_000, 2_000, -1]);
    expect(await requireTask(given.store, 'a')).toMatchObject({
      state: 'failed',
      failures: 3,
      reason: 'reason 2',
    });
  });

  it('waits for nobody after a conflict: the new base is there', async () => {
    await using given = await givenTasks(task('a'));
    const claim = await claimed(given.write, 'a');
    await given.write((tx) => sendToLanding(tx, claim));
    const back = await given.write((tx) => failAttempt(tx, claim, 'conflicts with b', 'conflicted'));
    expect([back.state, back.runAfter - given.clock.now()]).toEqual(['ready', 0]);
    expect((await findAttempts(given.store, 'a'))[0]?.outcome).toBe('conflicted');
  });
});

describe('steering', () => {
  it('pauses and blocks with the claim kept, and resumes the same attempt', async () => {
    await using given = await givenTasks(task('a'));
    const claim = await claimed(given.write, 'a');
    await given.write((tx) => blockTask(tx, claim, 'which cookie?'));
    expect(await requireTask(given.store, 'a')).toMatchObject({
      state: 'blocked',
      claimedBy: 'agent-1',
      reason: 'which cookie?',
    });
    const resumed = await given.write((tx) => resumeTask(tx, 'a', 1_000));
    expect(resumed).toMatchObject({ state: 'running', attempt: 1, claimedBy: 'agent-1' });
    expect(resumed.reason).toBeUndefined();
  });

  it('opens an ended task again as a new attempt; dependents that have not begun wait again', async () => {
    await using given = await givenTasks(task('a', { attempts: 1 }), task('b', { after: ['a'] }));
    const claim = await claimed(given.write, 'a');
    await given.write((tx) => finishTask(tx, claim, 'c0ffee'));
    const again = await given.write((tx) => reopenTask(tx, 'a', 'one more case'));
    expect(again).toMatchObject({ state: 'ready', failures: 0 });
    expect(again.landedAs).toBeUndefined();
    expect((await requireTask(given.store, 'b')).state).toBe('waiting');
    expect(await findEvents(given.store, { type: 'task.waiting' })).toMatchObject([
      { taskId: 'b', data: { state: 'waiting' } },
    ]);
    const second = await claimed(given.write, 'a');
    await given.write((tx) => finishTask(tx, second));
    expect([second.attempt, (await requireTask(given.store, 'b')).state]).toEqual([2, 'ready']);
  });

  it('is given back into waiting when what it needs was opened again meanwhile', async () => {
    await using given = await givenTasks(task('a'), task('b', { after: ['a'] }));
    const first = await claimed(given.write, 'a');
    await given.write((tx) => finishTask(tx, first));
    const held = await claimed(given.write, 'b');
    await given.write((tx) => reopenTask(tx, 'a', 'one more case'));
    await given.write((tx) => releaseTask(tx, held, 'not before that'));
    expect((await requireTask(given.store, 'b')).state).toBe('waiting');
    const second = await claimed(given.write, 'a');
    await given.write((tx) => finishTask(tx, second));
    expect((await requireTask(given.store, 'b')).state).toBe('ready');
  });

  it('reopens into waiting when something before it is open', async () => {
    await using given = await givenTasks(task('a'), task('b', { after: ['a'] }));
    await given.write((tx) => cancelTask(tx, 'b', 'not now'));
    expect((await given.write((tx) => reopenTask(tx, 'b', 'after all'))).state).toBe('waiting');
    const claim = await claimed(given.write, 'a');
    await given.write((tx) => finishTask(tx, claim));
    expect((await requireTask(given.store, 'b')).state).toBe('ready');
  });

  it('refuses what is no legal move and says where the task is', async () => {
    await using given = await givenTasks(task('a'));
    await expect(given.write((tx) => pauseTask(tx, 'a', 'x'))).rejects.toMatchObject({
      code: 'TASK_STATE',
      message: expect.stringContaining('a is ready') as string,
    });
  });
});

describe('the log', () => {
  it('tells every change of a task in order, so that its state can be rebuilt', async () => {
    await using given = await givenTasks(task('a'));
    const first = await claimed(given.write, 'a');
    await given.write((tx) => failAttempt(tx, first, 'no luck'));
    given.clock.advance(5_000);
    const second = await claimed(given.write, 'a', bo);
    await given.write((tx) => sendToLanding(tx, second));
    await given.write((tx) => finishTask(tx, second, 'c0ffee'));
    const events = await findEvents(given.store, { taskId: 'a' });
    expect(events.map((event) => event.type)).toEqual([
      'task.created',
      'task.claimed',
      'task.attempt-failed',
      'task.claimed',
      'task.landing',
      'task.done',
    ]);
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    const states = events.map(
      (event) => event.data['state'] ?? (event.data['task'] as { state: string }).state,
    );
    expect(states).toEqual(['ready', 'running', 'ready', 'running', 'landing', 'done']);
  });

  it('cannot be changed or shortened', async () => {
    await using given = await givenTasks(task('a'));
    await expect(given.write((tx) => tx.run(sql`update event set type = 'x'`))).rejects.toThrow(
      'append-only',
    );
    await expect(given.write((tx) => tx.run(sql`delete from event`))).rejects.toThrow('append-only');
  });
});

describe('creating', () => {
  for (const id of [
    '',
    '-x',
    'a b',
    'a/b',
    '../a',
    'a..b',
    'a.lock',
    'a.',
    'é',
    'x'.repeat(65),
    'a\nb',
    '$(id)',
  ]) {
    it(`refuses the id ${JSON.stringify(id)}`, async () => {
      await using given = await givenTasks();
      await expect(given.write((tx) => createTasks(tx, [task(id)]))).rejects.toMatchObject({
        code: 'TASK_ID_INVALID',
        exit: 'usage',
      });
    });
  }

  it('refuses an id that differs only in case, since both would be one file, and adds nothing', async () => {
    await using given = await givenTasks(task('Fix'));
    await expect(given.write((tx) => createTasks(tx, [task('other'), task('fix')]))).rejects.toMatchObject({
      code: 'TASK_EXISTS',
    });
    expect(await findTask(given.store, 'other')).toBeUndefined();
    expect((await countTasks(given.store)).ready).toBe(1);
  });
});

describe('the counts of tasks', () => {
  it('are those of the tasks after any sequence of moves, in a run and outside', async () => {
    const { store, write } = await givenTasks(task('one'), task('two', { after: ['one'] }), task('three'));
    await write((tx) => createTasks(tx, [task('child', { parent: 'three' })]));
    const claim = await claimed(write, 'one');
    await write((tx) => finishTask(tx, claim));
    await write((tx) => adoptTasks(tx, 'run-1', new Map()));
    await write((tx) => reopenTask(tx, 'one', 'again'));
    await write((tx) => cancelTask(tx, 'child', 'not needed'));
    const counted = await store.all(sql`
      select coalesce(run_id, '') as run_id, is_group, count(*) as tasks,
             case when state in ('waiting', 'done', 'failed', 'cancelled') then state else 'open' end as stage
        from task group by run_id, is_group, stage order by run_id, stage, is_group`);
    const kept = await store.all(
      sql`select * from task_count where tasks > 0 order by run_id, stage, is_group`,
    );
    expect(kept).toEqual(counted);
    expect(await countTasks(store)).toMatchObject({ waiting: 1, ready: 1, cancelled: 1, done: 0 });
    expect(await countTasks(store, 'run-1', { withGroups: true })).toMatchObject({ waiting: 2, ready: 0 });
  });
});
