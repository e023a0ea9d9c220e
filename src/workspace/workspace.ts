import type { ProcessIdentity } from '../process/index.js';
import {
  defined,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  sql,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';

/** A worktree that an attempt or a gate works in. */
export interface Workspace {
  path: string;
  runId: string;
  kind: 'worker' | 'gate';
  taskId?: string;
  attempt?: number;
  /** Unique among live workspaces, from 0: `{slot}` in `env:`. */
  slot: number;
  /** What it was prepared with (a hash), so that `setup` runs again only when that changed. */
  prepared?: string;
  /** Why it must not be removed: files in it that no snapshot holds. */
  kept?: string;
  /** The process that made it: whether a run that the sheet does not have yet is still being begun. */
  owner?: ProcessIdentity;
}

const selectWorkspaces = (where: Sql): Sql =>
  sql`select * from workspace where ${where} order by created_ms, slot`;

const IS_TASK_DONE = sql`exists (select 1 from task where task.id = task_id and task.state = 'done')`;

// The smallest number that no live workspace of the sheet has.
const insertWorkspace = (each: Omit<Workspace, 'slot'>, nowMs: number): Sql => sql`
  insert into workspace (path, run_id, kind, task_id, attempt, slot, owner_pid, owner_started_at, created_ms)
  values (${each.path}, ${each.runId}, ${each.kind}, ${each.taskId ?? null}, ${each.attempt ?? null},
          (select min(free.slot) from (select 0 as slot union all select slot + 1 from workspace) as free
            where free.slot not in (select slot from workspace)),
          ${each.owner?.pid ?? null}, ${each.owner?.startedAt ?? null}, ${nowMs})
  on conflict (path) do update set task_id = excluded.task_id, prepared = null, kept = null,
    owner_pid = excluded.owner_pid, owner_started_at = excluded.owner_started_at
  returning *`;

export async function registerWorkspace(
  tx: Transaction,
  wanted: Omit<Workspace, 'slot'>,
): Promise<Workspace> {
  return toWorkspace((await tx.get(insertWorkspace(wanted, tx.now))) ?? {});
}

export async function notePrepared(tx: Transaction, path: string, prepared: string): Promise<void> {
  await tx.run(sql`update workspace set prepared = ${prepared} where path = ${path}`);
}

export async function noteKept(tx: Transaction, path: string, why: string): Promise<void> {
  await tx.run(sql`update workspace set kept = ${why} where path = ${path}`);
}

export async function forgetWorkspace(tx: Transaction, path: string): Promise<void> {
  await tx.run(sql`delete from workspace where path = ${path}`);
}

export async function workspacesOfRun(reader: Reader, runId: string): Promise<Workspace[]> {
  return (await reader.all(selectWorkspaces(sql`run_id = ${runId}`))).map(toWorkspace);
}

/** Workers' workspaces of a run whose task is done, but for those that must be kept. */
export async function workspacesOfDone(reader: Reader, runId: string): Promise<Workspace[]> {
  const where = sql`run_id = ${runId} and kind = 'worker' and kept is null and ${IS_TASK_DONE}`;
  return (await reader.all(selectWorkspaces(where))).map(toWorkspace);
}

export async function workspacesOfTask(reader: Reader, taskId: string): Promise<Workspace[]> {
  return (await reader.all(selectWorkspaces(sql`task_id = ${taskId}`))).map(toWorkspace);
}

/** Gates' workspaces whose run is not in the sheet: it is being begun, or its process was killed before it had begun. */
export async function workspacesWithoutRun(reader: Reader): Promise<Workspace[]> {
  const where = sql`kind = 'gate' and run_id not in (select id from run)`;
  return (await reader.all(selectWorkspaces(where))).map(toWorkspace);
}

export async function findWorkspace(reader: Reader, path: string): Promise<Workspace | undefined> {
  const row = await reader.get(selectWorkspaces(sql`path = ${path}`));
  return row === undefined ? undefined : toWorkspace(row);
}

/** Whether some workspace of a run was prepared with these inputs: then they do work. */
export async function isPreparedSomewhere(reader: Reader, runId: string, prepared: string): Promise<boolean> {
  const where = sql`run_id = ${runId} and prepared = ${prepared}`;
  return (await reader.get(sql`select 1 as found from workspace where ${where} limit 1`)) !== undefined;
}

function toWorkspace(row: Row): Workspace {
  const pid = optionalNumber(row, 'owner_pid');
  const startedAt = optionalText(row, 'owner_started_at');
  return defined({
    path: textOf(row, 'path'),
    runId: textOf(row, 'run_id'),
    kind: oneOf(row, 'kind', ['worker', 'gate']),
    taskId: optionalText(row, 'task_id'),
    attempt: optionalNumber(row, 'attempt'),
    slot: numberOf(row, 'slot'),
    prepared: optionalText(row, 'prepared'),
    kept: optionalText(row, 'kept'),
    owner: pid === undefined || startedAt === undefined ? undefined : { pid, startedAt },
  });
}
