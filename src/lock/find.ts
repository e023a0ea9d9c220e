import { join, sql, type Reader, type Sql } from '../store/index.js';
import { toHolder } from './answer.js';
import { standingOn } from './blockage.js';
import type { Holder, Lock, LockState } from './lock.js';
import { selectAnyOf, selectLocks } from './lock.sql.js';
import { toLock, type Standing } from './row.js';

export interface LockFilter {
  /** Default: those held and those queued. */
  states?: readonly LockState[];
  agentId?: string;
  taskId?: string;
  runId?: string;
  byHand?: boolean;
}

/** Locks in the order of their requests. */
export async function findLocks(reader: Reader, filter: LockFilter = {}): Promise<Lock[]> {
  const conditions: Sql[] = [
    filter.states === undefined ? sql`ended_ms is null` : sql`state in (${join([...filter.states])})`,
  ];
  if (filter.agentId !== undefined) conditions.push(sql`agent_id = (select ${filter.agentId})`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = (select ${filter.taskId})`);
  if (filter.runId !== undefined) conditions.push(sql`run_id = (select ${filter.runId})`);
  if (filter.byHand !== undefined) conditions.push(sql`by_hand = ${filter.byHand}`);
  return (await reader.all(selectLocks(conditions))).map(toLock);
}

/** Whether an agent holds or waits for a lock that it has not taken by hand. */
export async function hasLocks(reader: Reader, agentId: string): Promise<boolean> {
  return (await reader.get(selectAnyOf(agentId))) !== undefined;
}

export interface OverlapFilter {
  exceptAgent?: string;
  byHandOnly?: boolean;
  /** Locks that had run out by this moment (Unix milliseconds) do not count, though nobody has reaped them yet. */
  nowMs?: number;
}

/** The locks held on any of these paths, each once, by the first of the paths that it overlaps. */
export async function locksOverlapping(
  reader: Reader,
  paths: readonly string[],
  filter: OverlapFilter = {},
): Promise<Holder[]> {
  if ((await reader.get(sql`select 1 as found from lock where ended_ms is null limit 1`)) === undefined)
    return [];
  const found = new Map<string, Standing>();
  for (const value of paths) {
    for (const each of await standingOn(reader, { kind: 'path', value })) {
      if (counts(each, filter) && !found.has(each.lockId)) found.set(each.lockId, each);
    }
  }
  const inOrder = [...found.values()].sort((a, b) => a.seq - b.seq);
  return Promise.all(inOrder.map((each) => toHolder(reader, each)));
}

function counts(each: Standing, filter: OverlapFilter): boolean {
  if (each.state !== 'held' || each.agentId === filter.exceptAgent) return false;
  if (filter.byHandOnly === true && !each.byHand) return false;
  return filter.nowMs === undefined || each.expiresAt > filter.nowMs;
}
