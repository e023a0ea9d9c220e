import { appendEvent } from '../event/index.js';
import {
  defined,
  join,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  sql,
  textListOf,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';

/** Two pieces of work that cannot both stand. */
export interface Conflict {
  id: string;
  kind: 'file';
  state: 'open' | 'resolved';
  /** Undefined when it is the task of a session. */
  runId?: string;
  /** The task whose work could not be landed, and its attempt. */
  taskId: string;
  attempt: number;
  /** The tasks that landed what it conflicts with; empty when it came from elsewhere. */
  otherTaskIds: string[];
  paths: string[];
  /** The conflicting parts with git's markers, bounded. */
  hunks: string;
  resolution?: string;
  createdAt: number;
  resolvedAt?: number;
}

export const conflictSchema = `
create table conflict (
  seq            integer primary key,
  id             text not null unique,
  kind           text not null check (kind in ('file')),
  state          text not null check (state in ('open', 'resolved')),
  run_id         text,
  task_id        text not null,
  attempt        integer not null,
  other_task_ids text not null check (json_valid(other_task_ids)),
  paths          text not null check (json_valid(paths)),
  hunks          text not null,
  resolution     text,
  created_ms     integer not null,
  resolved_ms    integer,
  check ((state = 'resolved') = (resolved_ms is not null))
) strict;
create index conflict_by_run on conflict (run_id, state);
create index conflict_by_task on conflict (task_id, state);

create view conflicts as
  select id, kind, state, run_id as run, task_id as task, attempt, other_task_ids as other_tasks, paths, resolution,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', resolved_ms / 1000.0, 'unixepoch') as resolved
    from conflict;
`;

const insertConflict = (each: Conflict): Sql => sql`
  insert into conflict (id, kind, state, run_id, task_id, attempt, other_task_ids, paths, hunks, created_ms)
  values (${each.id}, ${each.kind}, ${each.state}, ${each.runId ?? null}, ${each.taskId}, ${each.attempt},
          ${JSON.stringify(each.otherTaskIds)}, ${JSON.stringify(each.paths)}, ${each.hunks}, ${each.createdAt})`;

const selectConflicts = (conditions: Sql[]): Sql => sql`
  select * from conflict where ${join([sql`true`, ...conditions], ' and ')} order by seq`;

const updateResolved = (taskId: string, resolution: string, nowMs: number): Sql => sql`
  update conflict set state = 'resolved', resolution = ${resolution}, resolved_ms = ${nowMs}
   where task_id = ${taskId} and state = 'open' returning *`;

export async function openConflict(
  tx: Transaction,
  found: Omit<Conflict, 'id' | 'state' | 'createdAt'>,
): Promise<Conflict> {
  const conflict: Conflict = { ...found, id: await tx.nextId('conflict'), state: 'open', createdAt: tx.now };
  await tx.run(insertConflict(conflict));
  const { id, kind, state, otherTaskIds, paths } = conflict;
  await appendEvent(tx, {
    type: 'conflict.opened',
    ...defined({ runId: found.runId }),
    taskId: found.taskId,
    attempt: found.attempt,
    data: { id, kind, state, otherTaskIds, paths },
  });
  return conflict;
}

/** Ends the open conflicts of a task: it landed after all, or was given up. */
export async function resolveConflictsOf(tx: Transaction, taskId: string, resolution: string): Promise<void> {
  for (const row of await tx.all(updateResolved(taskId, resolution, tx.now))) {
    const { id, runId } = toConflict(row);
    await appendEvent(tx, {
      type: 'conflict.resolved',
      ...defined({ runId }),
      taskId,
      data: { id, state: 'resolved', resolution },
    });
  }
}

export async function findConflicts(
  reader: Reader,
  filter: { runId?: string; taskId?: string; state?: Conflict['state'] } = {},
): Promise<Conflict[]> {
  const conditions: Sql[] = [];
  if (filter.runId !== undefined) conditions.push(sql`run_id = ${filter.runId}`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = ${filter.taskId}`);
  if (filter.state !== undefined) conditions.push(sql`state = ${filter.state}`);
  return (await reader.all(selectConflicts(conditions))).map(toConflict);
}

function toConflict(row: Row): Conflict {
  return defined({
    id: textOf(row, 'id'),
    kind: oneOf(row, 'kind', ['file']),
    state: oneOf(row, 'state', ['open', 'resolved']),
    runId: optionalText(row, 'run_id'),
    taskId: textOf(row, 'task_id'),
    attempt: numberOf(row, 'attempt'),
    otherTaskIds: textListOf(row, 'other_task_ids'),
    paths: textListOf(row, 'paths'),
    hunks: textOf(row, 'hunks'),
    resolution: optionalText(row, 'resolution'),
    createdAt: numberOf(row, 'created_ms'),
    resolvedAt: optionalNumber(row, 'resolved_ms'),
  });
}
