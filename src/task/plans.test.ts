import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { sql, textOf, type Statement } from '../store/index.js';
import { givenStore } from '../../test/support/store.js';
import { eventSchema } from '../event/index.js';
import {
  claimNext,
  countByState,
  IS_HELD,
  isIn,
  selectComing,
  selectFreedBy,
  selectLapsed,
  selectNextBackoff,
  selectReadyOfRun,
  selectTasks,
} from './task.sql.js';
import { taskReviewSchema, taskSchema } from './task.schema.js';

const CLAIM = { agentId: 'agent-1', agentName: 'ada', nowMs: 1, leaseMs: 1 };

const OF_RUN = sql`run_id = (select ${'run-1'})`;

/** What the cost of each question grows with; nothing here may read the sheet from end to end. */
const QUESTIONS: [question: string, statement: Statement, index: string][] = [
  ['the next task for anybody', claimNext(CLAIM, undefined), 'task_ready_by_hand'],
  ['the next task for one agent', claimNext(CLAIM, undefined), 'task_ready_for_one (assignee=?)'],
  ['the next task for a speciality', claimNext(CLAIM, 'tests'), 'task_ready_of_speciality (speciality=?)'],
  ['the ready tasks of a run', selectReadyOfRun('run-1', 1, 64), 'task_ready_in_run (run_id=?)'],
  ['claims by hand that have lapsed', selectLapsed(1, { standAlone: true }), 'task_by_holder (claimed_by>?)'],
  ['claims that an engine takes back', selectLapsed(1, { runId: 'run-1' }), 'task_by_holder (claimed_by>?)'],
  ['what is held', selectTasks([IS_HELD]), 'task_by_holder (claimed_by>?)'],
  ['the tasks of a run', selectTasks([OF_RUN]), 'task_in_run (run_id=?)'],
  [
    'the tasks of a run in a state without a holder',
    selectTasks([OF_RUN, isIn(['done'])]),
    'task_by_state (run_id=? AND state=?)',
  ],
  [
    'the held tasks of a run',
    selectTasks([OF_RUN, isIn(['running', 'landing'])]),
    'task_by_holder (claimed_by>?)',
  ],
  [
    'the tasks of a run in any states',
    selectTasks([OF_RUN, isIn(['ready', 'running'])]),
    'task_in_run (run_id=?)',
  ],
  [
    'the first tasks of no run in one state',
    selectTasks([sql`run_id is null`, isIn(['ready'])], { limit: 20 }),
    'task_by_state (run_id=? AND state=?)',
  ],
  [
    'what an agent holds',
    selectTasks([sql`claimed_by = (select ${'agent-1'})`, isIn(['running'])]),
    'task_by_holder (claimed_by=? AND rowid=?)',
  ],
  ['the next end of a pause', selectNextBackoff('run-1', 1), '(run_id=?'],
  ['what landings make ready', selectComing('run-1', 4), 'task_by_holder (claimed_by>?)'],
  ['how many tasks are held', countByState('run-1', false), 'task_by_holder (claimed_by>?)'],
  [
    'how many tasks are in each state',
    countByState(null, false),
    'SEARCH task_count USING PRIMARY KEY (run_id=?)',
  ],
  ['what a task frees', selectFreedBy('task-1'), 'task_dependents (needs_id=?)'],
];

const planOf = ({ sql, values }: Statement): Statement => ({ sql: `explain query plan ${sql}`, values });

test.each(QUESTIONS)('%s is found by its index', async (_question, statement, index) => {
  await using given = await givenStore([eventSchema, taskSchema, taskReviewSchema]);
  const plan = await given.store.all(planOf(statement));
  const steps = plan.map((row) => textOf(row, 'detail'));
  expect(steps.join('\n')).toContain(index);
  expect(steps.filter((step) => /^SCAN task($| USING (?!INDEX task_ready_by_hand))/.test(step))).toEqual([]);
});

test('the next task for anybody is the first of its index, not the first of a sort', async () => {
  await using given = await givenStore([eventSchema, taskSchema, taskReviewSchema]);
  const plan = await given.store.all(planOf(claimNext(CLAIM, 'tests')));
  const steps = plan.map((row) => textOf(row, 'detail'));
  const found = steps.indexOf('SCAN task USING INDEX task_ready_by_hand');
  expect(found).not.toBe(-1);
  expect(steps[found + 1]).not.toMatch(/TEMP B-TREE/);
});

test('the first tasks of a state come in their order without sorting them all', async () => {
  await using given = await givenStore([eventSchema, taskSchema, taskReviewSchema]);
  const one = selectTasks([sql`run_id is null`, isIn(['done'])], { limit: 20, newest: true });
  const plan = (await given.store.all(planOf(one))).map((row) => textOf(row, 'detail'));
  expect(plan).not.toContain('USE TEMP B-TREE FOR ORDER BY');
});

const ASKED = [...QUESTIONS, ['what comes next', selectComing('run-1', 3), ''] as const];

test.each(ASKED)('%s is planned once, not each time it is asked', (_question, { sql: text, values }) => {
  using database = new DatabaseSync(':memory:');
  database.exec(eventSchema + taskSchema + taskReviewSchema);
  let planned = 0;
  // SQLite asks it while it plans a statement, and at no other time.
  database.setAuthorizer(() => {
    planned += 1;
    return 0;
  });
  const statement = database.prepare(text);
  statement.all(...values);
  planned = 0;
  statement.all(...values);
  expect(planned).toBe(0);
});
