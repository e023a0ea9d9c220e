import { join, limitedTo, raw, sql, template, type Sql, type Statement } from '../store/index.js';
import { LONGEST_BACKOFF_MS } from './backoff.js';
import { holdsClaim, type Claim, type TaskState } from './task.js';

/** Column values of an update; names are literals of the code, values become parameters. */
export type Columns = Record<string, string | number | null | Sql>;

const assignments = (columns: Columns): Sql =>
  join(Object.entries(columns).map(([name, value]) => sql`${raw(name)} = ${value}`));

const TASK_WITH_AFTER = raw(`*,
  (select string_agg(needs_id, ' ' order by needs_id) from task_dependency where task_id = task.id) as after`);

export const selectTask = template<{ id: string }>(
  (slot) => sql`select ${TASK_WITH_AFTER} from task where id = (select ${slot('id')})`,
);

export const selectHeld = (agentId: string): Sql => sql`
  select id, kind, attempt from task where claimed_by = (select ${agentId}) order by seq`;

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

/** In one of the states. Says whether the task is held, as far as they tell: held tasks and others have indexes of their own. */
export const isIn = (states: readonly TaskState[]): Sql => {
  const isState = sql`state in (${join([...states])})`;
  if (states.every(holdsClaim)) return sql`${isState} and ${IS_HELD}`;
  return states.some(holdsClaim) ? isState : sql`${isState} and claimed_by is null`;
};

/** Of what has not ended and does not wait, what nobody holds is ready. */
export const countByState = (runId: string | null | undefined, withGroups: boolean): Sql => {
  const groups = withGroups ? sql`` : sql`and is_group = 0`;
  const ofRun = runId === undefined ? sql`` : sql`and coalesce(run_id, '') = (select ${runId ?? ''})`;
  const ofCounted = runId === undefined ? sql`` : sql`and run_id = (select ${runId ?? ''})`;
  const held = sql`from task where claimed_by > '' ${ofRun} ${groups}`;
  return sql`
  select state, sum(tasks) as count from (
    select replace(stage, 'open', 'ready') as state, tasks from task_count where true ${ofCounted} ${groups}
    union all select state, 1 ${held}
    union all select 'ready', -count(*) ${held}) as counted
   group by state`;
};

const ofRun = (runId: string | undefined): Sql =>
  runId === undefined ? sql`` : sql`and run_id = (select ${runId})`;

export const sumUsage = (runId: string | undefined): Sql => sql`
  select coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(output_tokens), 0) as output_tokens,
         coalesce(sum(cost_usd), 0) as cost_usd
    from task_attempt join task on task.id = task_id where true ${ofRun(runId)}`;

/** A pause that ends later than any may was begun before the clock was set back: it is over. */
const isDue = (nowMs: unknown, latestMs: unknown): Sql =>
  sql`(run_after_ms <= ${nowMs} or run_after_ms > ${latestMs})`;

const OUTLINE = raw(
  'id, state, priority, files, exclusive, resources, speciality, assignee, estimate_ms, path_ms',
);

/** Ready tasks of a run in the order in which they should start: longest way to the end, then priority. */
export const selectReadyOfRun = (runId: string, nowMs: number, limit: number): Sql => sql`
  select ${OUTLINE} from task
   where state = 'ready' and run_id = (select ${runId}) and ${isDue(nowMs, nowMs + LONGEST_BACKOFF_MS)}
   order by path_ms desc, priority, seq ${limitedTo(limit)}`;

export const selectOutlines = (runId: string, states: readonly TaskState[]): Sql => sql`
  select ${OUTLINE} from task where run_id = (select ${runId}) and state in (${join([...states])}) order by seq`;

/**
 * Waiting tasks of a run that become ready when what is on its way to the integration branch has landed: the longest
 * way to the end first.
 */
export const selectComing = (runId: string, limit: number): Sql => sql`
  with landing as (
    select task_id, count(*) as needs from task as needed join task_dependency on needs_id = needed.id
     where needed.claimed_by > '' and coalesce(needed.run_id, '') = ${runId} and needed.state = 'landing' group by task_id
  )
  select path_ms from landing cross join task
   where task.id = landing.task_id and state = 'waiting' and open_dependencies = needs and is_group = 0
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

interface ClaimSlots extends ClaimValues {
  leaseExpiresMs: number;
  latestBackoffMs: number;
  speciality?: string;
  taskId?: string;
}
type Slot = Parameters<Parameters<typeof template<ClaimSlots>>[0]>[0];

const slotsOf = (claim: ClaimValues): ClaimSlots => ({
  ...claim,
  leaseExpiresMs: claim.nowMs + claim.leaseMs,
  latestBackoffMs: claim.nowMs + LONGEST_BACKOFF_MS,
});

// `attempt` grows with every claim, so (id, attempt) names this claim and no other.
const claimColumns = (slot: Slot): Sql => sql`
  state = 'running', claimed_by = ${slot('agentId')}, attempt = attempt + 1, reason = null, ended_ms = null,
  started_ms = coalesce(started_ms, ${slot('nowMs')}), lease_expires_ms = ${slot('leaseExpiresMs')},
  lease_ms = ${slot('leaseMs')}`;

/** A review is not for those who have worked on what it reviews. */
const isNotOwnReview = (agentId: unknown): Sql => sql`
  (reviews is null or not exists (
     select 1 from task_attempt where task_id = task.reviews and agent_id = ${agentId}))`;

const claimOne = template<ClaimSlots>(
  (slot) => sql`
  update task set ${claimColumns(slot)}
   where id = (select ${slot('taskId')}) and state = 'ready' and is_group = 0 and ${isNotOwnReview(slot('agentId'))}
  returning ${TASK_WITH_AFTER}`,
);

/**
 * Claims one certain task. PostgreSQL needs `for update skip locked` on an inner select: without it two
 * sessions can read the same row before either writes it.
 */
export const claimCertain = (taskId: string, claim: ClaimValues): Statement =>
  claimOne({ ...slotsOf(claim), taskId });

const claimFirst = (slot: Slot, offers: Sql[]): Sql => sql`
  update task set ${claimColumns(slot)}
   where state = 'ready'
     and seq = (select seq from (${join(offers, ' union all ')}) as offer order by priority, is_other, seq limit 1)
  returning ${TASK_WITH_AFTER}`;

const firstOffer = (slot: Slot, index: string, isOther: Sql, rest: Sql): Sql => sql`
  select * from (
    select priority, ${isOther} as is_other, seq from task indexed by ${raw(index)}
     where state = 'ready' and run_id is null and is_group = 0
       and ${isDue(slot('nowMs'), slot('latestBackoffMs'))} and ${isNotOwnReview(slot('agentId'))}
       and ${rest} limit 1) as first_offer`;

const offersOf = (slot: Slot, isOther: Sql): Sql[] => [
  firstOffer(slot, 'task_ready_by_hand', isOther, sql`assignee is null order by priority, seq`),
  firstOffer(
    slot,
    'task_ready_for_one',
    isOther,
    sql`assignee = ${slot('agentName')} order by priority, is_other, seq`,
  ),
];

const claimAny = template<ClaimSlots>((slot) => claimFirst(slot, offersOf(slot, sql`0`)));

const claimForSpeciality = template<ClaimSlots>((slot) => {
  const isOther = sql`coalesce(speciality <> ${slot('speciality')}, true)`;
  const own = sql`assignee is null and speciality = ${slot('speciality')} order by priority, seq`;
  return claimFirst(slot, [
    ...offersOf(slot, isOther),
    firstOffer(slot, 'task_ready_of_speciality', isOther, own),
  ]);
});

/**
 * Claims the next stand-alone task for one agent: most urgent first, then its own speciality, then the oldest. The best
 * for anybody, the best for this agent alone and the best of its speciality are each the first of an index, so the cost
 * does not grow with the sheet: the statement fails rather than choose another way.
 */
export const claimNext = (claim: ClaimValues, speciality: string | undefined): Statement =>
  speciality === undefined ? claimAny(slotsOf(claim)) : claimForSpeciality({ ...slotsOf(claim), speciality });

/** Whom a task could be offered to. */
export interface Candidate {
  id: string;
  name: string;
}

const isReadyFor = ({ id }: Candidate): Sql => sql`
  state = 'ready' and run_id is null and is_group = 0 and ${isNotOwnReview(id)}`;

/** A stand-alone task that this agent could claim now. */
export const selectOffered = (agent: Candidate, nowMs: number): Sql => sql`
  select 1 as offered from task where ${isReadyFor(agent)} and assignee is null
     and ${isDue(nowMs, nowMs + LONGEST_BACKOFF_MS)}
  union all
  select 1 from task where ${isReadyFor(agent)} and assignee = ${agent.name}
     and ${isDue(nowMs, nowMs + LONGEST_BACKOFF_MS)}
   ${limitedTo(1)}`;

/** When the next stand-alone task leaves its backoff that this agent could claim then. */
export const selectNextOffer = (agent: Candidate, nowMs: number): Sql => sql`
  select min(run_after_ms) as run_after_ms from task
   where ${isReadyFor(agent)} and run_after_ms > ${nowMs} and (assignee is null or assignee = ${agent.name})`;

/** Moves a task when it still is in one of the states; with a claim, only when that claim still holds. */
export const moveTask = (
  task: { id: string; attempt?: number },
  from: TaskState[],
  to: TaskState,
  columns: Columns,
): Sql => sql`
  update task set ${assignments({ state: to, ...columns })}
   where id = (select ${task.id}) and (${join(
     from.map((state) => sql`state = ${state}`),
     ' or ',
   )})
     ${task.attempt === undefined ? sql`` : sql`and attempt = ${task.attempt} and claimed_by is not null`}
  returning *, null as after`;

/** Extends a lease; a claim that has gone is missed. The scalar max() of SQLite is greatest() in PostgreSQL; this is both. */
export const extendLease = template<Claim & { expiresMs: number }>(
  (slot) => sql`
  update task set lease_expires_ms =
         case when lease_expires_ms > ${slot('expiresMs')} then lease_expires_ms else ${slot('expiresMs')} end
   where id = (select ${slot('taskId')}) and attempt = ${slot('attempt')} and claimed_by is not null
  returning lease_expires_ms`,
);

/** Extends all claims that an agent holds by hand: any command of the owner is a sign of life. */
export const extendLeasesOf = (agentId: string, nowMs: number, leaseMs: number): Sql => sql`
  update task set lease_expires_ms = case when lease_expires_ms > ${nowMs} + coalesce(lease_ms, ${leaseMs}) then lease_expires_ms
                                          else ${nowMs} + coalesce(lease_ms, ${leaseMs}) end
   where claimed_by = (select ${agentId}) and state = 'running'`;

// Only the holder is compared with an index: held tasks are few, those of a run or in a state may be many.
export const selectLapsed = (nowMs: number, only: { standAlone?: boolean; runId?: string }): Sql => sql`
  select *, null as after from task
   where claimed_by > '' and state = 'running' and lease_expires_ms <= ${nowMs}
     ${only.standAlone === true ? sql`and coalesce(run_id, '') = ''` : sql``}
     ${only.runId === undefined ? sql`` : sql`and coalesce(run_id, ${only.runId}) = ${only.runId}`}
   order by lease_expires_ms`;

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

export const insertTaskRow = (columns: Columns): Sql => sql`
  insert into task (${join(Object.keys(columns).map((name) => raw(name)))})
  values (${join(Object.values(columns))})`;

export const insertAttempt = template<Claim & { agentId: string; startedMs: number }>(
  (slot) => sql`
  insert into task_attempt (task_id, attempt, agent_id, started_ms)
  values (${slot('taskId')}, ${slot('attempt')}, ${slot('agentId')}, ${slot('startedMs')})`,
);

export const updateAttempt = ({ taskId, attempt }: Claim, columns: Columns): Sql => sql`
  update task_attempt set ${assignments(columns)} where task_id = ${taskId} and attempt = ${attempt}`;

export const selectAttempts = (taskId: string): Sql => sql`
  select * from task_attempt where task_id = (select ${taskId}) order by attempt`;

export const updateTask = (id: string, columns: Columns): Sql => sql`
  update task set ${assignments(columns)} where id = (select ${id})`;
