import fc from 'fast-check';
import { expect, test } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { eventSchema } from '../event/index.js';
import { numberOf, raw, sql, textOf, type Transaction } from '../store/index.js';
import { countTasks, holdsClaim, TASK_MOVES, TASK_STATES, taskSchema, type TaskState } from './index.js';

const RUNS = [null, 'run-1', 'run-2'] as const;

/** One change of one of a few tasks, by the number of the task. */
type Change =
  | { kind: 'add'; state: TaskState; runId: (typeof RUNS)[number]; isGroup: boolean }
  | { kind: 'move'; task: number; to: number }
  | { kind: 'adopt'; task: number; runId: (typeof RUNS)[number] }
  | { kind: 'group'; task: number; isGroup: boolean }
  | { kind: 'delete'; task: number };

const task = fc.nat(11);
const runId = fc.constantFrom(...RUNS);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('add'),
    state: fc.constantFrom(...TASK_STATES),
    runId,
    isGroup: fc.boolean(),
  }),
  { arbitrary: fc.record({ kind: fc.constant('move'), task, to: fc.nat(10) }), weight: 4 },
  fc.record({ kind: fc.constant('adopt'), task, runId }),
  fc.record({ kind: fc.constant('group'), task, isGroup: fc.boolean() }),
  fc.record({ kind: fc.constant('delete'), task }),
);

const holder = (state: TaskState): string | null => (holdsClaim(state) ? 'agent-1' : null);
const lease = (state: TaskState): number | null => (holdsClaim(state) ? 1 : null);
/** Nothing but a group may wait for nothing, and what is ready waits for nothing. */
const open = (state: TaskState): number => (state === 'waiting' ? 1 : 0);

async function make(tx: Transaction, each: Change): Promise<void> {
  if (each.kind === 'add') {
    const { state, isGroup } = each;
    const id = await tx.nextId('task');
    await tx.run(sql`
      insert into task (id, title, spec, kind, state, run_id, is_group, open_dependencies, claimed_by, lease_expires_ms, created_ms)
      values (${id}, 'x', 'x', 'fix', ${state}, ${each.runId}, ${isGroup}, ${open(state)}, ${holder(state)}, ${lease(state)}, 0)`);
    return;
  }
  const tasks = await tx.all(sql`select seq, state from task order by seq`);
  const row = tasks[each.task % Math.max(1, tasks.length)];
  if (row === undefined) return;
  const seq = numberOf(row, 'seq');
  if (each.kind === 'delete') return void (await tx.run(sql`delete from task where seq = ${seq}`));
  if (each.kind === 'adopt')
    return void (await tx.run(sql`update task set run_id = ${each.runId} where seq = ${seq}`));
  if (each.kind === 'group')
    return void (await tx.run(sql`update task set is_group = ${each.isGroup} where seq = ${seq}`));
  const legal: readonly TaskState[] = TASK_MOVES[textOf(row, 'state') as TaskState];
  const to = legal[each.to % legal.length];
  if (to === undefined) return;
  await tx.run(sql`
    update task set state = ${to}, open_dependencies = ${open(to)}, claimed_by = ${holder(to)}, lease_expires_ms = ${lease(to)}
     where seq = ${seq}`);
}

test('the counts that are kept are those of a scan, whatever has happened to the tasks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 60 }), async (changes) => {
      await using given = await givenStore([eventSchema, taskSchema]);
      for (const each of changes) {
        await given.store.transaction((tx) => make(tx, each));
        for (const scope of RUNS) {
          for (const withGroups of [false, true]) {
            const groups = withGroups ? raw('') : raw('and is_group = 0');
            const scanned = await given.store.all(
              sql`select state, count(*) as tasks from task where run_id is ${scope} ${groups} group by state`,
            );
            const counts = await countTasks(given.store, scope, { withGroups });
            expect(Object.fromEntries(Object.entries(counts).filter(([, tasks]) => tasks > 0))).toEqual(
              Object.fromEntries(scanned.map((row) => [textOf(row, 'state'), numberOf(row, 'tasks')])),
            );
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});
