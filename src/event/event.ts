import {
  defined,
  empty,
  join,
  jsonOf,
  limitedTo,
  numberOf,
  optionalNumber,
  optionalText,
  sql,
  template,
  textOf,
} from '../store/index.js';
import type { Reader, Row, Sql, Transaction } from '../store/index.js';

/** One row of the append-only log: a change of a record, written in the transaction that made it. */
export interface Event {
  /** Position in the log, in commit order, from 1. */
  seq: number;
  /** Unix milliseconds. */
  at: number;
  /** `record.change`: `task.claimed`, `run.started`, `lock.released`, … */
  type: string;
  runId?: string;
  taskId?: string;
  attempt?: number;
  agentId?: string;
  /** What the change set: enough to rebuild from the log what was shown at any moment. */
  data: Record<string, unknown>;
}

export type NewEvent = Omit<Event, 'seq' | 'at' | 'data'> & { data?: Record<string, unknown> };

export interface EventFilter {
  /** Only events after this position. */
  since?: number;
  runId?: string;
  taskId?: string;
  agentId?: string;
  /** An event type, or its first part: `task` finds `task.claimed`. */
  type?: string;
  /** A file that the event's data names among `paths`, or a folder that one of them is below; `.` is any. */
  path?: string;
  /** How many, the newest. Default all. */
  newest?: number;
}

export const eventSchema = `
create table event (
  seq      integer primary key,
  at_ms    integer not null,
  type     text not null,
  run_id   text,
  task_id  text,
  attempt  integer,
  agent_id text,
  data     text not null check (json_valid(data))
) strict;
create index event_by_task on event (task_id, seq) where task_id is not null;
create index event_by_run on event (run_id, seq) where run_id is not null;
create trigger event_is_append_only before update on event
  begin select raise(abort, 'the log is append-only'); end;
create trigger event_is_kept before delete on event
  begin select raise(abort, 'the log is append-only'); end;

create view events as
  select seq, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') as at, type, run_id as run,
         task_id as task, attempt, agent_id as agent, data
    from event;
`;

interface EventRow {
  atMs: number;
  type: string;
  runId: string | undefined;
  taskId: string | undefined;
  attempt: number | undefined;
  agentId: string | undefined;
  data: string;
}

const insertEvent = template<EventRow>(
  (slot) => sql`
  insert into event (at_ms, type, run_id, task_id, attempt, agent_id, data)
  values (${slot('atMs')}, ${slot('type')}, ${slot('runId')}, ${slot('taskId')}, ${slot('attempt')},
          ${slot('agentId')}, ${slot('data')})`,
);

/** Writes one event into the log, in the transaction that makes the change. */
export async function appendEvent(tx: Transaction, event: NewEvent): Promise<void> {
  const { type, runId, taskId, attempt, agentId, data = {} } = event;
  await tx.run(
    insertEvent({ atMs: tx.now, type, runId, taskId, attempt, agentId, data: JSON.stringify(data) }),
  );
}

const selectEvents = (conditions: Sql[], newest: number | undefined): Sql => sql`
  select * from (
    select * from event where ${join(conditions, ' and ')} order by seq desc
    ${newest === undefined ? empty : limitedTo(newest)}
  ) as found order by seq`;

/** The events that a filter lets through, oldest first. */
export async function findEvents(reader: Reader, filter: EventFilter): Promise<Event[]> {
  const rows = await reader.all(selectEvents(conditionsOf(filter), filter.newest));
  return rows.map(toEvent);
}

/** The position of the newest event; 0 when there is none. */
export async function lastSeq(reader: Reader): Promise<number> {
  const row = await reader.get(sql`select coalesce(max(seq), 0) as seq from event`);
  return numberOf(row ?? { seq: 0 }, 'seq');
}

function conditionsOf(filter: EventFilter): Sql[] {
  const conditions = [sql`seq > ${filter.since ?? 0}`];
  if (filter.runId !== undefined) conditions.push(sql`run_id = ${filter.runId}`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = ${filter.taskId}`);
  if (filter.agentId !== undefined) conditions.push(sql`agent_id = ${filter.agentId}`);
  if (filter.type !== undefined) {
    conditions.push(
      sql`(type = ${filter.type} or substr(type, 1, ${filter.type.length + 1}) = ${`${filter.type}.`})`,
    );
  }
  if (filter.path !== undefined) {
    conditions.push(
      sql`exists (
        select 1 from json_each(event.data, '$.paths')
         where ${filter.path} = '.' or value = ${filter.path} or instr(value, ${`${filter.path}/`}) = 1)`,
    );
  }
  return conditions;
}

function toEvent(row: Row): Event {
  return defined({
    seq: numberOf(row, 'seq'),
    at: numberOf(row, 'at_ms'),
    type: textOf(row, 'type'),
    runId: optionalText(row, 'run_id'),
    taskId: optionalText(row, 'task_id'),
    attempt: optionalNumber(row, 'attempt'),
    agentId: optionalText(row, 'agent_id'),
    data: jsonOf(row, 'data') as Record<string, unknown>,
  });
}
