import { sql, textOf, type Reader, type Sql, type Transaction } from '../store/index.js';

/** A recorded fact: an attempt has seen this path at this content. */
export interface Read {
  path: string;
  /** git's object id of the content; empty when there was no such file. */
  hash: string;
}

export const readSchema = `
create table read (
  task_id text not null,
  attempt integer not null,
  path    text not null,
  hash    text not null,
  at_ms   integer not null,
  primary key (task_id, attempt, path)
) strict, without rowid;

create view reads as
  select task_id as task, attempt, path, hash, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') as at from read;
`;

const upsertRead = (claim: { taskId: string; attempt: number }, read: Read, nowMs: number): Sql => sql`
  insert into read (task_id, attempt, path, hash, at_ms)
  values (${claim.taskId}, ${claim.attempt}, ${read.path}, ${read.hash}, ${nowMs})
  on conflict (task_id, attempt, path) do update set hash = excluded.hash, at_ms = excluded.at_ms`;

/** Reads are state, not events: the newest content seen of each path counts. */
export async function recordReads(
  tx: Transaction,
  claim: { taskId: string; attempt: number },
  reads: Read[],
): Promise<void> {
  for (const read of reads) await tx.run(upsertRead(claim, read, tx.now));
}

/** What an attempt has seen, by path. */
export async function readsOf(reader: Reader, claim: { taskId: string; attempt: number }): Promise<Read[]> {
  const rows = await reader.all(sql`
    select path, hash from read where task_id = ${claim.taskId} and attempt = ${claim.attempt} order by path`);
  return rows.map((row) => ({ path: textOf(row, 'path'), hash: textOf(row, 'hash') }));
}
