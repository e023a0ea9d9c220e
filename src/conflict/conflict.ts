import { CallsheetError, usageError } from '../error/index.js';
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
import { oneLine, plainText } from '../text/index.js';

/** What is to stand where two pieces of work differ: what has landed, the task's work, or the intent of both. */
export const KEPT = ['landed', 'task', 'both'] as const;
export type Kept = (typeof KEPT)[number];

/** How a person or lead wants a conflict to end. It ends when work lands, or is given up. */
export interface Decision {
  keep: Kept;
  reason: string;
  /** The agent that decided. */
  by: string;
  at: number;
}

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
  /** The last one that was taken. */
  decision?: Decision;
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

/** What a conflict was decided by, beside it. */
export const conflictDecisionSchema = `
alter table conflict add column keeps text check (keeps in ('landed', 'task', 'both'));
alter table conflict add column decision text;
alter table conflict add column decided_by text;
alter table conflict add column decided_ms integer;

drop view conflicts;
create view conflicts as
  select id, kind, state, run_id as run, task_id as task, attempt, other_task_ids as other_tasks, paths,
         keeps, decision, decided_by, resolution,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', decided_ms / 1000.0, 'unixepoch') as decided,
         strftime('%Y-%m-%dT%H:%M:%fZ', resolved_ms / 1000.0, 'unixepoch') as resolved
    from conflict;
`;

const updateDecided = (id: string, { keep, reason, by, at }: Decision): Sql => sql`
  update conflict set keeps = ${keep}, decision = ${reason}, decided_by = ${by}, decided_ms = ${at}
   where id = ${id} and state = 'open' returning *`;

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

/**
 * Says how an open conflict shall end; a later decision takes the place of an earlier one.
 * @throws {CallsheetError} `CONFLICT_UNKNOWN` (usage), `CONFLICT_ENDED`.
 */
export async function decideConflict(
  tx: Transaction,
  id: string,
  given: Omit<Decision, 'at'>,
): Promise<Conflict> {
  const decision = { ...given, at: tx.now };
  const row = await tx.get(updateDecided(id, decision));
  if (row === undefined) throw ended(await requireConflict(tx, id));
  const conflict = toConflict(row);
  await appendEvent(tx, {
    type: 'conflict.decided',
    ...defined({ runId: conflict.runId }),
    taskId: conflict.taskId,
    attempt: conflict.attempt,
    agentId: decision.by,
    data: { id, keep: decision.keep, reason: decision.reason },
  });
  return conflict;
}

function ended({ id, resolution = 'it has ended' }: Conflict): CallsheetError {
  return new CallsheetError('CONFLICT_ENDED', `${id} has ended: ${resolution}. Nothing was changed.`, {
    hint: 'See those that are open: callsheet conflict list',
  });
}

/** @throws {CallsheetError} `CONFLICT_UNKNOWN` (usage). */
export async function requireConflict(reader: Reader, id: string): Promise<Conflict> {
  const [conflict] = await findConflicts(reader, { id });
  if (conflict !== undefined) return conflict;
  throw usageError(
    'CONFLICT_UNKNOWN',
    `There is no conflict “${oneLine(plainText(id), 60)}” in this sheet. Nothing was changed.`,
    'See those that are open: callsheet conflict list',
  );
}

/** What a decision means for the work that did not fit. */
export function keptInWords(keep: Kept): string {
  return {
    landed: 'where the two differ, what has landed stands and the task gives way',
    task: 'where the two differ, the task goes before what has landed, and the rest of that stays',
    both: 'the intent of both is kept',
  }[keep];
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
  filter: { id?: string; runId?: string; taskId?: string; state?: Conflict['state'] } = {},
): Promise<Conflict[]> {
  const conditions: Sql[] = [];
  if (filter.id !== undefined) conditions.push(sql`id = ${filter.id}`);
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
    decision: decisionOf(row),
    resolution: optionalText(row, 'resolution'),
    createdAt: numberOf(row, 'created_ms'),
    resolvedAt: optionalNumber(row, 'resolved_ms'),
  });
}

function decisionOf(row: Row): Decision | undefined {
  const [reason, by, at] = [
    optionalText(row, 'decision'),
    optionalText(row, 'decided_by'),
    optionalNumber(row, 'decided_ms'),
  ];
  if (reason === undefined || by === undefined || at === undefined) return undefined;
  return { keep: oneOf(row, 'keeps', KEPT), reason, by, at };
}
