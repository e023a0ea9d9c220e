import { appendEvent } from '../event/index.js';
import {
  defined,
  join,
  jsonOf,
  numberOf,
  optionalNumber,
  optionalText,
  sql,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';

/** A commit under `refs/callsheet/` that holds the files of a workspace as they were at one moment. */
export interface Snapshot {
  id: string;
  ref: string;
  commit: string;
  /** The folder it was taken of. */
  workspace: string;
  runId?: string;
  taskId?: string;
  attempt?: number;
  reason: string;
  /** What could not be saved, and why. */
  leftOut: { path: string; reason: string }[];
  createdAt: number;
}

export const snapshotSchema = `
create table snapshot (
  seq        integer primary key,
  id         text not null unique,
  ref        text not null unique,
  commit_id  text not null,
  workspace  text not null,
  run_id     text,
  task_id    text,
  attempt    integer,
  reason     text not null,
  left_out   text not null check (json_valid(left_out)),
  created_ms integer not null
) strict;
create index snapshot_by_task on snapshot (task_id, created_ms);

create view snapshots as
  select id, ref, commit_id as "commit", workspace, run_id as run, task_id as task, attempt, reason, left_out,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created
    from snapshot order by created_ms;
`;

const insertSnapshot = (each: Snapshot): Sql => sql`
  insert into snapshot (id, ref, commit_id, workspace, run_id, task_id, attempt, reason, left_out, created_ms)
  values (${each.id}, ${each.ref}, ${each.commit}, ${each.workspace}, ${each.runId ?? null}, ${each.taskId ?? null},
          ${each.attempt ?? null}, ${each.reason}, ${JSON.stringify(each.leftOut)}, ${each.createdAt})`;

const updateCommit = ({ id, commit, leftOut }: Snapshot): Sql => sql`
  update snapshot set commit_id = ${commit}, left_out = ${JSON.stringify(leftOut)} where id = ${id}`;

const selectSnapshots = (conditions: Sql[]): Sql => sql`
  select * from snapshot where ${join([sql`true`, ...conditions], ' and ')} order by seq`;

/** Records a snapshot that git already keeps under its ref. */
export async function recordSnapshot(
  tx: Transaction,
  taken: Omit<Snapshot, 'id' | 'createdAt'>,
): Promise<Snapshot> {
  const snapshot: Snapshot = { ...taken, id: await tx.nextId('s'), createdAt: tx.now };
  await tx.run(insertSnapshot(snapshot));
  await appendEvent(tx, { type: 'snapshot.taken', ...factsOf(snapshot) });
  return snapshot;
}

/** Records that the ref of a snapshot keeps another commit: the one before is not in the repository any more. */
export async function renewSnapshot(tx: Transaction, snapshot: Snapshot): Promise<Snapshot> {
  await tx.run(updateCommit(snapshot));
  await appendEvent(tx, { type: 'snapshot.renewed', ...factsOf(snapshot) });
  return snapshot;
}

function factsOf({ id, ref, commit, reason, leftOut, runId, taskId, attempt }: Snapshot) {
  return { ...defined({ runId, taskId, attempt }), data: { id, ref, commit, reason, leftOut } };
}

export async function findSnapshots(
  reader: Reader,
  filter: { id?: string; taskId?: string; runId?: string; workspace?: string; sinceMs?: number } = {},
): Promise<Snapshot[]> {
  const conditions: Sql[] = [];
  if (filter.id !== undefined) conditions.push(sql`id = ${filter.id}`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = ${filter.taskId}`);
  if (filter.runId !== undefined) conditions.push(sql`run_id = ${filter.runId}`);
  if (filter.workspace !== undefined) conditions.push(sql`workspace = ${filter.workspace}`);
  if (filter.sinceMs !== undefined) conditions.push(sql`created_ms >= ${filter.sinceMs}`);
  return (await reader.all(selectSnapshots(conditions))).map(toSnapshot);
}

export function toSnapshot(row: Row): Snapshot {
  return defined({
    id: textOf(row, 'id'),
    ref: textOf(row, 'ref'),
    commit: textOf(row, 'commit_id'),
    workspace: textOf(row, 'workspace'),
    runId: optionalText(row, 'run_id'),
    taskId: optionalText(row, 'task_id'),
    attempt: optionalNumber(row, 'attempt'),
    reason: textOf(row, 'reason'),
    leftOut: jsonOf(row, 'left_out') as Snapshot['leftOut'],
    createdAt: numberOf(row, 'created_ms'),
  });
}
