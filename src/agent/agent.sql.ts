import { join, sql, type Sql } from '../store/index.js';
import type { Agent } from './agent.js';

export const insertAgent = (agent: Agent, tokenHash: string | null): Sql => sql`
  insert into agent (id, name, role, speciality, driver, model, run_id, token_hash, pid, pid_started_at, last_sign_ms, created_ms,
                     client_session, parent_id, follows)
  values (${agent.id}, ${agent.name}, ${agent.role}, ${agent.speciality ?? null}, ${agent.driver}, ${agent.model ?? null},
          ${agent.runId ?? null}, ${tokenHash}, ${agent.pid ?? null}, ${agent.pidStartedAt ?? null},
          ${agent.lastSignAt}, ${agent.createdAt}, ${agent.clientSession ?? null}, ${agent.parentId ?? null}, ${agent.follows === true ? 1 : 0})`;

export const selectAgent = (id: string): Sql => sql`select * from agent where id = (select ${id})`;
/** By its name, else by one that it had before. */
export const selectAgentByName = (name: string): Sql => sql`
  select * from agent where name = (select ${name})
  union all
  select agent.* from former_name join agent on agent.id = former_name.agent_id
   where former_name.name = (select ${name})
  limit 1`;
export const selectSubagents = (parentId: string): Sql =>
  sql`select * from agent where parent_id = (select ${parentId}) order by created_ms, name`;
export const selectAgentByToken = (hash: string): Sql =>
  sql`select * from agent where token_hash = (select ${hash})`;
export const selectAgentByClientSession = (session: string): Sql =>
  sql`select * from agent where client_session = (select ${session})`;
export const selectLiveAgents = (): Sql =>
  sql`select * from agent where ended_ms is null order by created_ms, name`;

export const selectOtherThan = (id: string): Sql => sql`
  select 1 from agent where ended_ms is null and role <> 'human' and id <> ${id} limit 1`;

export const selectAgentByProcess = (pids: number[]): Sql => sql`
  select * from agent where pid in (${join(pids)}) and ended_ms is null`;

export const selectNewestOfProcess = (pid: number, startedAt: string): Sql => sql`
  select * from agent where pid = ${pid} and pid_started_at = ${startedAt} and parent_id is null
   order by last_sign_ms desc, created_ms desc limit 1`;

export const updateSign = (id: string, nowMs: number): Sql => sql`
  update agent set last_sign_ms = ${nowMs} where id = (select ${id})`;

export const updateProcess = (id: string, pid: number, startedAt: string): Sql => sql`
  update agent set pid = ${pid}, pid_started_at = ${startedAt} where id = (select ${id})`;

// The token ends with the session, so that a worker that outlived its attempt is nobody.
export const updateEnded = (id: string, nowMs: number): Sql => sql`
  update agent set ended_ms = ${nowMs}, token_hash = null, idle_since_ms = null where id = (select ${id}) and ended_ms is null returning *`;

export const reviveAgent = (id: string, nowMs: number): Sql => sql`
  update agent set ended_ms = null, last_sign_ms = ${nowMs} where id = (select ${id})`;

export const selectTakenNames = (): Sql => sql`select name from agent union all select name from former_name`;

export const updateName = (id: string, name: string): Sql => sql`
  update agent set name = ${name} where id = (select ${id})`;

export const insertFormerName = (name: string, id: string): Sql => sql`
  insert into former_name (name, agent_id) values (${name}, ${id})`;

export const deleteFormerName = (name: string): Sql =>
  sql`delete from former_name where name = (select ${name})`;
export const updatePart = (
  id: string,
  part: Required<Pick<Agent, 'role' | 'follows'>> & { speciality: string | null },
): Sql => sql`
  update agent set role = ${part.role}, speciality = ${part.speciality}, follows = ${part.follows ? 1 : 0}
   where id = (select ${id})`;
export const updateIdle = (id: string, sinceMs: number | null): Sql => sql`
  update agent set idle_since_ms = ${sinceMs} where id = (select ${id})`;
export const updateWaiter = (id: string, waiter: string): Sql => sql`
  update agent set waiter = ${waiter} where id = (select ${id})`;
export const updateToken = (id: string, hash: string, nowMs: number): Sql => sql`
  update agent set token_hash = ${hash}, ended_ms = null, pid = null, pid_started_at = null, last_sign_ms = ${nowMs}
   where id = (select ${id})`;
