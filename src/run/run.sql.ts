import { join, sql, type Sql } from '../store/index.js';
import type { Run, RunOptions, RunState } from './run.js';

export const insertRun = (run: Run): Sql => sql`
  insert into run (id, goal, approach, state, base_commit, base_branch, options, base_gate, created_ms)
  values (${run.id}, ${run.goal ?? null}, ${run.approach ?? null}, ${run.state}, ${run.baseCommit}, ${run.baseBranch},
          ${JSON.stringify(run.options)}, ${run.baseGate}, ${run.createdAt})`;

export const selectRun = (id: string): Sql => sql`select * from run where id = (select ${id})`;
export const selectRuns = (): Sql => sql`select * from run order by seq`;
export const selectNewestRun = (states: readonly RunState[]): Sql => sql`
  select * from run where state in (${join([...states])}) order by seq desc limit 1`;

/** Fences: a later engine has a higher epoch, and whatever an earlier one still writes misses. */
export const takeOver = (id: string, engine: { pid: number; startedAt: string }): Sql => sql`
  update run set epoch = epoch + 1, engine_pid = ${engine.pid}, engine_pid_started_at = ${engine.startedAt},
                 state = 'running', reason = null, ended_ms = null
   where id = (select ${id}) returning *`;

export const endRun = (
  id: string,
  epoch: number,
  state: RunState,
  reason: string | null,
  nowMs: number,
): Sql => sql`
  update run set state = ${state}, reason = ${reason}, engine_pid = null, engine_pid_started_at = null, ended_ms = ${nowMs}
   where id = (select ${id}) and epoch = ${epoch} and state = 'running' returning *`;

export const updateLandedInto = (id: string, branch: string): Sql => sql`
  update run set landed_into = ${branch} where id = (select ${id})`;

export const insertRevision = (revision: {
  runId: string;
  reason: string;
  goal: string | undefined;
  approach: string | undefined;
  tasks: string[];
  nowMs: number;
  by: string | undefined;
}): Sql => sql`
  insert into plan_revision (run_id, number, reason, goal, approach, tasks, created_ms, created_by)
  values (${revision.runId}, (select coalesce(max(number), 0) + 1 from plan_revision where run_id = ${revision.runId}),
          ${revision.reason}, ${revision.goal ?? null}, ${revision.approach ?? null}, ${JSON.stringify(revision.tasks)},
          ${revision.nowMs}, ${revision.by ?? null})
  returning number`;

export const insertConsent = (hash: string, what: string, by: string, nowMs: number): Sql => sql`
  insert into consent (hash, what, given_by, created_ms) values (${hash}, ${what}, ${by}, ${nowMs}) on conflict do nothing`;

export const selectConsent = (hash: string): Sql => sql`select 1 as given from consent where hash = ${hash}`;

export const updateOptions = (id: string, options: RunOptions): Sql => sql`
  update run set options = ${JSON.stringify(options)} where id = (select ${id})`;
