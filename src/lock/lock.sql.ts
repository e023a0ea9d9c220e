import { join, raw, sql, type Sql } from '../store/index.js';
import type { LockState } from './lock.js';

// What a lock is on; of an open one, what it has not let go of.
const LOCK_WITH_TARGETS = raw(`lock.*,
  (select json_group_array(json_array(kind, value)) from (
     select kind, value from lock_target
      where lock_id = lock.id and (live = 1 or lock.ended_ms is not null) order by position)) as targets`);

export const selectLock = (id: string): Sql =>
  sql`select ${LOCK_WITH_TARGETS} from lock where id = (select ${id})`;

export const selectLocks = (conditions: Sql[]): Sql => sql`
  select ${LOCK_WITH_TARGETS} from lock where ${join([sql`true`, ...conditions], ' and ')} order by seq`;

export const selectAnyOf = (agentId: string): Sql => sql`
  select 1 from lock where ended_ms is null and agent_id = (select ${agentId}) and by_hand = 0 limit 1`;

export const selectQueuedOf = (agentId: string): Sql =>
  selectLocks([sql`ended_ms is null and agent_id = (select ${agentId}) and state = 'queued'`]);

export const selectLapsed = (nowMs: number): Sql =>
  selectLocks([sql`ended_ms is null and expires_ms <= ${nowMs}`]);

export const selectNextExpiry = (): Sql =>
  sql`select min(expires_ms) as expires_ms from lock where ended_ms is null`;

export interface LockColumns {
  id: string;
  state: Extract<LockState, 'held' | 'queued'>;
  agentId: string;
  taskId: string | null;
  attempt: number | null;
  runId: string | null;
  reason: string | null;
  byHand: boolean;
  ttlMs: number;
  nowMs: number;
  expiresMs: number;
}

export const insertLock = (lock: LockColumns): Sql => sql`
  insert into lock (id, state, agent_id, task_id, attempt, run_id, reason, by_hand, ttl_ms, created_ms, granted_ms, expires_ms)
  values (${lock.id}, ${lock.state}, ${lock.agentId}, ${lock.taskId}, ${lock.attempt}, ${lock.runId}, ${lock.reason},
          ${lock.byHand}, ${lock.ttlMs}, ${lock.nowMs}, ${lock.state === 'held' ? lock.nowMs : null}, ${lock.expiresMs})`;

export const insertTarget = (
  lockId: string,
  position: number,
  kind: string,
  value: string,
  base: string | null,
): Sql => sql`
  insert into lock_target (lock_id, position, kind, value, base) values (${lockId}, ${position}, ${kind}, ${value}, ${base})`;

export const grantLock = (id: string, nowMs: number, expiresMs: number): Sql => sql`
  update lock set state = 'held', granted_ms = ${nowMs}, expires_ms = ${expiresMs}
   where id = (select ${id}) and state = 'queued'`;

export const endLock = (id: string, state: 'released' | 'expired', nowMs: number): Sql => sql`
  update lock set state = ${state}, ended_ms = ${nowMs} where id = (select ${id}) and ended_ms is null`;

/** A renewal never shortens a lease. */
export const extendLock = (id: string, state: 'held' | 'queued', expiresMs: number): Sql => sql`
  update lock set expires_ms = max(expires_ms, ${expiresMs})
   where id = (select ${id}) and state = ${state}
  returning expires_ms`;

export const extendLocksOfClaim = (taskId: string, attempt: number, expiresMs: number): Sql => sql`
  update lock set expires_ms = max(expires_ms, ${expiresMs})
   where ended_ms is null and task_id = (select ${taskId}) and attempt = ${attempt} and state = 'held'`;

export const letGo = (lockId: string, kind: string, value: string): Sql => sql`
  update lock_target set live = 0 where lock_id = (select ${lockId}) and kind = ${kind} and value = ${value} and live = 1`;

const STANDING =
  raw(`lock.seq, lock.id, lock.state, lock.agent_id, lock.task_id, lock.attempt, lock.by_hand, lock.expires_ms,
  lock_target.kind, lock_target.value, coalesce(agent.name, lock.agent_id) as agent_name`);
const JOINED = raw('join lock on lock.id = lock_target.lock_id left join agent on agent.id = lock.agent_id');

/**
 * The live paths whose base lies in a base or is a folder above it: all that can overlap, by two reads of the
 * index. `/` and `0` are neighbours, so the range holds what begins with `base/` and nothing else.
 */
export const selectPathsNear = (base: string, above: string[]): Sql => sql`
  select ${STANDING} from lock_target ${JOINED}
   where lock_target.live = 1 and lock_target.kind = 'path' and base in (${join(above)})
  union all
  select ${STANDING} from lock_target ${JOINED}
   where lock_target.live = 1 and lock_target.kind = 'path' and base > ${base === '' ? '' : `${base}/`}
     ${base === '' ? sql`` : sql`and base < ${`${base}0`}`}`;

export const selectOnResource = (name: string): Sql => sql`
  select ${STANDING} from lock_target ${JOINED}
   where lock_target.live = 1 and lock_target.kind = 'resource' and lock_target.value = (select ${name})`;

export const selectCapacity = (name: string): Sql =>
  sql`select capacity from resource where name = (select ${name})`;

export const setCapacity = (name: string, capacity: number): Sql => sql`
  insert into resource (name, capacity) values (${name}, ${capacity})
  on conflict (name) do update set capacity = excluded.capacity`;

export const selectResources = (): Sql => sql`select name, capacity from resource order by name`;
