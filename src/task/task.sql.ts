import { join, limitedTo, raw, sql, type Sql } from '../store/index.js';
import { LONGEST_BACKOFF_MS } from './backoff.js';
import type { Claim, TaskState } from './task.js';

/** Column values of an update; names are literals of the code, values become parameters. */
export type Columns = Record<string, string | number | null | Sql>;

const assignments = (columns: Columns): Sql =>
  join(Object.entries(columns).map(([name, value]) => sql`${raw(name)} = ${value}`));

const TASK_WITH_AFTER = raw(`*,
  (select string_agg(needs_id, ' ' order by needs_id) from task_dependency where task_id = task.id) as after`);

export const selectTask = (id: string): Sql => sql`
  select ${TASK_WITH_AFTER} from task where id = (select ${id})`;

export const selectTasks = (conditions: Sql[], bound: TaskBound = {}): Sql => sql`
  select ${TASK_WITH_AFTER} from task where ${join([sql`true`, ...conditions], ' and ')}
   order by seq ${bound.newest === true ? sql`desc` : sql``}
   ${bound.limit === undefined ? sql`` : limitedTo(bound.limit)}`;

/** At most so many, the oldest or the newest of them. */
export interface TaskBound {
  limit?: number;
  newest?: boolean;
}

// A subquery, for the order of the tasks would make SQLite read them all.
export const IS_HELD = sql`seq in (select seq from task as held where held.claimed_by > '')`;

export const countByState = (runId: string | null | undefined, withGroups: boolean): Sql => sql`
  select state, sum(tasks) as count from task_count
   where ${withGroups ? sql`true` : sql`is_group = 0`}
     ${runId === undefined ? sql`` : sql`and run_id = (select ${runId ?? ''})`}
   group by state`;

const ofRun = (runId: string | undefined): Sql =>
  runId === undefined ? sql`` : sql`and run_id = (select ${runId})`;

export const sumUsage = (runId: string | undefined): Sql => sql`
  select coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(output_tokens), 0) as output_tokens,
         coalesce(sum(cost_usd), 0) as cost_usd
    from task_attempt join task on task.id = task_id where true ${ofRun(runId)}`;

/** A pause that ends later than any may was begun before the clock was set back: it is over. */
const isDue = (nowMs: number): Sql =>
  sql`(run_after_ms <= ${nowMs} or run_after_ms > ${nowMs + LONGEST_BACKOFF_MS})`;

const OUTLINE = raw(
  'id, state, priority, files, exclusive, resources, speciality, assignee, estimate_ms, path_ms',
);

/** Ready tasks of a run in the order in which they should start: longest way to the end, then priority. */
export const selectReadyOfRun = (runId: string, nowMs: number, limit: number): Sql => sql`
  select ${OUTLINE} from task
   where state = 'ready' and run_id = (select ${runId}) and ${isDue(nowMs)}
   order by path_ms desc, priority, seq ${limitedTo(limit)}`;

export const selectOutlines = (runId: string, states: readonly TaskState[]): Sql => sql`
  select ${OUTLINE} from task where run_id = (select ${runId}) and state in (${join([...states])}) order by seq`;

/**
 * Waiting tasks of a run that become ready when what is on its way to the integration branch has landed: the longest
 * way to the end first.
 */
export const selectComing = (runId: string, limit: number): Sql => sql`
  with landing as (
    select task_id, count(*) as needs from task_dependency join task as needed on needed.id = needs_id
     where needed.run_id = (select ${runId}) and needed.state = 'landing' group by task_id
  )
  select path_ms from task join landing on landing.task_id = task.id
   where state = 'waiting' and open_dependencies = needs and is_group = 0
   order by path_ms desc ${limitedTo(limit)}`;

/** How long what is done was estimated to take, and took. */
export const selectDoneTimes = (runId: string): Sql => sql`
  select estimate_ms, started_ms, ended_ms from task
   where run_id = (select ${runId}) and state = 'done' and started_ms is not null and ended_ms is not null`;

/** When the next ready task of a run leaves its backoff. */
export const selectNextBackoff = (runId: string, nowMs: number): Sql => sql`
  select min(run_after_ms) as run_after_ms from task
   where state = 'ready' and run_id = (select ${runId}) and run_after_ms > ${nowMs}`;

export interface ClaimValues {
  agentId: string;
  /** Tasks assigned to this name are its own; those assigned to another are not offered. */
  agentName: string;
  nowMs: number;
  leaseMs: number;
}

// `attempt` grows with every claim, so (id, attempt) names this claim and no other.
const claimColumns = (claim: ClaimValues): Sql => sql`
  state = 'running', claimed_by = ${claim.agentId}, attempt = attempt + 1, reason = null, ended_ms = null,
  started_ms = coalesce(started_ms, ${claim.nowMs}), lease_expires_ms = ${claim.nowMs + claim.leaseMs},
  lease_ms = ${claim.leaseMs}`;

/**
 * Claims one certain task. PostgreSQL needs `for update skip locked` on an inner select: without it two
 * sessions can read the same row before either writes it.
 */
export const claimCertain = (taskId: string, claim: ClaimValues): Sql => sql`
  update task set ${claimColumns(claim)}
   where id = (select ${taskId}) and state = 'ready' and is_group = 0
  returning ${TASK_WITH_AFTER}`;

/**
 * Claims the next stand-alone task for one agent: most urgent first, then its own speciality, then the oldest. The best
 * for anybody, the best for this agent alone and the best of its speciality are each the first of an index, so the cost
 * does not grow with the sheet: the statement fails rather than choose another way.
 */
export const claimNext = (claim: ClaimValues, speciality: string | undefined): Sql => {
  const isOther = speciality === undefined ? sql`0` : sql`coalesce(speciality <> ${speciality}, true)`;
  const offers = [
    firstOffer('task_ready_by_hand', claim, isOther, sql`assignee is null order by priority, seq`),
    firstOffer(
      'task_ready_for_one',
      claim,
      isOther,
      sql`assignee = ${claim.agentName} order by priority, is_other, seq`,
    ),
  ];
  if (speciality !== undefined) {
    const ofSpeciality = sql`assignee is null and speciality = ${speciality} order by priority, seq`;
    offers.push(firstOffer('task_ready_of_speciality', claim, isOther, ofSpeciality));
  }
  return sql`
  update task set ${claimColumns(claim)}
   where state = 'ready'
     and seq = (select seq from (${join(offers, ' union all ')}) as offer order by priority, is_other, seq limit 1)
  returning ${TASK_WITH_AFTER}`;
};

const firstOffer = (index: string, { nowMs }: ClaimValues, isOther: Sql, rest: Sql): Sql => sql`
  select * from (
    select priority, ${isOther} as is_other, seq from task indexed by ${raw(index)}
     where state = 'ready' and run_id is null and is_group = 0 and ${isDue(nowMs)} and ${rest} limit 1) as first_offer`;

/** Moves a task when it still is in one of the states; with a claim, only when that claim still holds. */
export const moveTask = (
  task: { id: string; attempt?: number },
  from: TaskState[],
  to: TaskState,
  columns: Columns,
): Sql => sql`
  update task set ${assignments({ state: to, ...columns })}
   where id = (select ${task.id}) and state in (${join(from)})
     ${task.attempt === undefined ? sql`` : sql`and attempt = ${task.attempt} and claimed_by is not null`}
  returning *, null as after`;

// The scalar max() of SQLite is greatest() in PostgreSQL; this is both.
const later = (column: string, ms: number): Sql =>
  sql`case when ${raw(column)} > ${ms} then ${raw(column)} else ${ms} end`;

/** Extends a lease; a claim that has gone is missed. */
export const extendLease = ({ taskId, attempt }: Claim, expiresMs: number): Sql => sql`
  update task set lease_expires_ms = ${later('lease_expires_ms', expiresMs)}
   where id = (select ${taskId}) and attempt = ${attempt} and claimed_by is not null
  returning lease_expires_ms`;

/** Extends all claims that an agent holds by hand: any command of the owner is a sign of life. */
export const extendLeasesOf = (agentId: string, nowMs: number, leaseMs: number): Sql => sql`
  update task set lease_expires_ms = case when lease_expires_ms > ${nowMs} + coalesce(lease_ms, ${leaseMs}) then lease_expires_ms
                                          else ${nowMs} + coalesce(lease_ms, ${leaseMs}) end
   where claimed_by = (select ${agentId}) and state = 'running'`;

// The run stands in an expression so that the index of leases is used, in which those that have lapsed come first.
export const selectLapsed = (nowMs: number, only: { standAlone?: boolean; runId?: string }): Sql => sql`
  select *, null as after from task
   where state = 'running' and lease_expires_ms <= ${nowMs}
     ${only.standAlone === true ? sql`and coalesce(run_id, '') = ''` : sql``}
     ${only.runId === undefined ? sql`` : sql`and coalesce(run_id, ${only.runId}) = ${only.runId}`}`;

/** One dependency of each dependent is met; a waiting task loses its last one in the move that makes it ready. */
export const meetDependencyOf = (taskId: string): Sql => sql`
  update task set open_dependencies = open_dependencies - 1
   where id in (select task_id from task_dependency where needs_id = ${taskId}) and open_dependencies > 0
     and not (state = 'waiting' and open_dependencies = 1 and is_group = 0)`;

/** The reverse, when a finished task is opened again; a ready one begins to wait in a move. */
export const reopenDependencyOf = (taskId: string): Sql => sql`
  update task set open_dependencies = open_dependencies + 1
   where id in (select task_id from task_dependency where needs_id = ${taskId}) and state = 'waiting'`;

/** Dependents that could begin now. */
export const selectReadyAfter = (taskId: string): Sql => sql`
  select id from task
   where id in (select task_id from task_dependency where needs_id = ${taskId}) and state = 'ready'
   order by seq`;

/** How much of what a task needs is not done. */
export const countOpenNeeds = (taskId: string): Sql => sql`
  select count(*) as open from task_dependency join task on task.id = needs_id
   where task_id = (select ${taskId}) and task.state <> 'done'`;

/** Dependents that wait for this task alone. */
export const selectFreedBy = (taskId: string): Sql => sql`
  select *, null as after from task
   where id in (select task_id from task_dependency where needs_id = ${taskId})
     and state = 'waiting' and open_dependencies = 1
   order by seq`;

/** Every dependency that can be reached from a task, as (task_id, needs_id). */
export const selectEdgesFrom = (taskId: string): Sql => sql`
  with recursive reach (id) as (
    select ${taskId}
    union
    select needs_id from reach join task_dependency on task_id = reach.id
  )
  select task_id, needs_id from task_dependency where task_id in (select id from reach)`;

export const insertDependency = (taskId: string, needsId: string): Sql => sql`
  insert into task_dependency (task_id, needs_id) values (${taskId}, ${needsId}) on conflict do nothing`;

export const insertRow = (table: 'task' | 'task_attempt', columns: Columns): Sql => sql`
  insert into ${raw(table)} (${join(Object.keys(columns).map((name) => raw(name)))})
  values (${join(Object.values(columns))})`;

export const updateAttempt = ({ taskId, attempt }: Claim, columns: Columns): Sql => sql`
  update task_attempt set ${assignments(columns)} where task_id = ${taskId} and attempt = ${attempt}`;

export const selectAttempts = (taskId: string): Sql => sql`
  select * from task_attempt where task_id = (select ${taskId}) order by attempt`;

export const updateTask = (id: string, columns: Columns): Sql => sql`
  update task set ${assignments(columns)} where id = (select ${id})`;
