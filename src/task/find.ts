import { usageError } from '../error/index.js';
import {
  defined,
  numberOf,
  oneOf,
  optionalNumber,
  sql,
  textOf,
  type Reader,
  type Sql,
} from '../store/index.js';
import { toTask } from './row.js';
import {
  countByState,
  selectComing,
  IS_HELD,
  isIn,
  selectDoneTimes,
  selectHeld,
  selectNextBackoff,
  selectReadyAfter,
  selectNextOffer,
  selectOffered,
  selectTask,
  selectTasks,
  type Candidate,
  type TaskBound,
} from './task.sql.js';
import { TASK_KINDS, TASK_STATES, type Task, type TaskState } from './task.js';

export interface TaskFilter {
  runId?: string;
  /** Only tasks that belong to no run. */
  standAlone?: boolean;
  states?: readonly TaskState[];
  /** Only tasks that an agent holds. */
  held?: boolean;
  claimedBy?: string;
  parent?: string;
  /** Only reviews of this task. */
  reviews?: string;
  isGroup?: boolean;
  /** Only tasks that have said a result. */
  hasResult?: true;
  /** Only tasks whose result names this file, or one below this folder. */
  wrote?: string;
}

export async function findTask(reader: Reader, id: string): Promise<Task | undefined> {
  const row = await reader.get(selectTask({ id }));
  return row === undefined ? undefined : toTask(row);
}

/** What of a task its holder is asked about at every step. */
export type HeldTask = Pick<Task, 'id' | 'kind' | 'attempt'>;

/** The tasks that an agent holds, in the order of their creation. */
export async function tasksHeldBy(reader: Reader, agentId: string): Promise<HeldTask[]> {
  return (await reader.all(selectHeld(agentId))).map((row) => ({
    id: textOf(row, 'id'),
    kind: oneOf(row, 'kind', TASK_KINDS),
    attempt: numberOf(row, 'attempt'),
  }));
}

/** @throws {CallsheetError} `TASK_UNKNOWN` (usage). */
export async function requireTask(reader: Reader, id: string): Promise<Task> {
  const task = await findTask(reader, id);
  if (task !== undefined) return task;
  throw usageError(
    'TASK_UNKNOWN',
    `There is no task “${id}” in this sheet. Nothing was changed.`,
    'See the tasks: callsheet task list',
  );
}

/** Tasks in the order of their creation; with `newest` the other way round. */
export async function findTasks(
  reader: Reader,
  filter: TaskFilter = {},
  bound: TaskBound = {},
): Promise<Task[]> {
  const conditions: Sql[] = [];
  if (filter.runId !== undefined) conditions.push(sql`run_id = (select ${filter.runId})`);
  if (filter.standAlone === true) conditions.push(sql`run_id is null`);
  if (filter.states !== undefined) conditions.push(isIn(filter.states));
  if (filter.held === true) conditions.push(IS_HELD);
  if (filter.claimedBy !== undefined) conditions.push(sql`claimed_by = (select ${filter.claimedBy})`);
  if (filter.parent !== undefined) conditions.push(sql`parent_id = (select ${filter.parent})`);
  if (filter.reviews !== undefined) conditions.push(sql`reviews = (select ${filter.reviews})`);
  if (filter.isGroup !== undefined) conditions.push(sql`is_group = ${filter.isGroup}`);
  if (filter.hasResult === true) conditions.push(sql`result is not null`);
  if (filter.wrote !== undefined) conditions.push(namesInResult(filter.wrote));
  return (await reader.all(selectTasks(conditions, bound))).map(toTask);
}

const namesInResult = (path: string): Sql => sql`
  result is not null and exists (
    select 1 from json_each(task.result, '$.files')
     where value = ${path} or instr(value, ${`${path}/`}) = 1)`;

/** How far it is to the end from the tasks that what lands now makes ready: the longest ways first, in milliseconds. */
export async function findComingWays(reader: Reader, runId: string, limit: number): Promise<number[]> {
  return (await reader.all(selectComing(runId, limit))).map((row) => numberOf(row, 'path_ms'));
}

/** How long the done tasks of a run were estimated to take, and when they were begun and done. */
export async function findDoneTimes(
  reader: Reader,
  runId: string,
): Promise<Pick<Task, 'estimateMs' | 'startedAt' | 'endedAt'>[]> {
  const rows = await reader.all(selectDoneTimes(runId));
  return rows.map((row) =>
    defined({
      estimateMs: optionalNumber(row, 'estimate_ms'),
      startedAt: numberOf(row, 'started_ms'),
      endedAt: numberOf(row, 'ended_ms'),
    }),
  );
}

/** When the next task of a run leaves its backoff, in Unix milliseconds. */
export async function nextBackoffEnd(
  reader: Reader,
  runId: string,
  nowMs: number,
): Promise<number | undefined> {
  const row = await reader.get(selectNextBackoff(runId, nowMs));
  return row === undefined ? undefined : optionalNumber(row, 'run_after_ms');
}

/** The tasks that need this one and can begin now, oldest first. */
export async function readyAfter(reader: Reader, taskId: string): Promise<string[]> {
  return (await reader.all(selectReadyAfter(taskId))).map((row) => textOf(row, 'id'));
}

/** When there is a stand-alone task that an agent could claim: now, later (Unix milliseconds), or not yet known. */
export async function nextOffer(
  reader: Reader,
  agent: Candidate,
  nowMs: number,
): Promise<number | undefined> {
  if ((await reader.get(selectOffered(agent, nowMs))) !== undefined) return nowMs;
  const row = await reader.get(selectNextOffer(agent, nowMs));
  return row === undefined ? undefined : optionalNumber(row, 'run_after_ms');
}

/** How many tasks (groups left out, unless asked for) are in each state: of a run, of no run (null), or all. */
export async function countTasks(
  reader: Reader,
  runId?: string | null,
  { withGroups = false } = {},
): Promise<Record<TaskState, number>> {
  const counts = Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>;
  for (const row of await reader.all(countByState(runId, withGroups))) {
    counts[oneOf(row, 'state', TASK_STATES)] = numberOf(row, 'count');
  }
  return counts;
}
