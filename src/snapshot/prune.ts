import { raw, sql, type Reader, type Transaction } from '../store/index.js';
import { toSnapshot, type Snapshot } from './snapshot.js';

/** Where the snapshots of live sessions are: of a turn's beginning, of a session's end, of a file that a lock let go of. */
export const SESSION_SNAPSHOTS = {
  turn: 'refs/callsheet/snapshots/turn/',
  end: 'refs/callsheet/snapshots/end/',
  yield: 'refs/callsheet/snapshots/yield/',
} as const;

/** What is too old, or too much. */
export interface SnapshotBounds {
  /** Those taken before go (Unix milliseconds). */
  beforeMs: number;
  /** So many of a checkout and kind stay, the newest. */
  most: number;
}

// A snapshot is taken soon after the step that it is for.
const SOON_MS = 60_000;

const IS_OPEN = raw(`task.state not in ('done', 'failed', 'cancelled')`);

const OF_SESSION = sql`run_id is null and (ref glob ${`${SESSION_SNAPSHOTS.turn}*`} or ref glob ${`${SESSION_SNAPSHOTS.end}*`}
                                 or ref glob ${`${SESSION_SNAPSHOTS.yield}*`})`;

/** The snapshots of live sessions, the oldest first. */
export async function findSessionSnapshots(reader: Reader): Promise<Snapshot[]> {
  return (await reader.all(sql`select * from snapshot where ${OF_SESSION} order by seq`)).map(toSnapshot);
}

/**
 * The snapshots of live sessions that are not needed any more, the oldest first. Needed are, whatever the bounds: of each
 * checkout the newest that each live session has come by; and what was saved of a task that is still open, or when a
 * session had to give tasks back, as long as one is open that there was then.
 */
export async function findForgettableSnapshots(
  reader: Reader,
  { beforeMs, most }: SnapshotBounds,
): Promise<Snapshot[]> {
  const rows = await reader.all(sql`
    with of_session as (
      select *, case when ref glob ${`${SESSION_SNAPSHOTS.turn}*`} then 'turn'
                     when ref glob ${`${SESSION_SNAPSHOTS.end}*`} then 'end' else 'yield' end as kind
        from snapshot
       where ${OF_SESSION}
    ), counted as (
      select *, row_number() over (partition by workspace, kind order by seq desc) as place from of_session
    )
    select * from counted
     where (created_ms < ${beforeMs} or place > ${most})
       and seq not in (
         select max(of_session.seq) from agent join of_session on of_session.created_ms <= agent.last_sign_ms + ${SOON_MS}
          where agent.ended_ms is null and agent.parent_id is null and agent.client_session is not null
          group by agent.id, of_session.workspace, of_session.kind)
       and not exists (select 1 from task where task.id = counted.task_id and ${IS_OPEN})
       and not (kind = 'end' and exists (
         select 1 from task
          where task.run_id is null and task.created_ms <= counted.created_ms and ${IS_OPEN}))
     order by seq`);
  return rows.map(toSnapshot);
}

/** Forgets a snapshot whose ref is gone. */
export async function forgetSnapshot(tx: Transaction, id: string): Promise<void> {
  await tx.run(sql`delete from snapshot where id = ${id}`);
}
