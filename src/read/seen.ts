import {
  booleanOf,
  numberOf,
  optionalText,
  sql,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';

/** A recorded fact: this agent has seen this path at this content. */
export interface Seen {
  /** Relative to the top folder of the checkout. */
  path: string;
  /** git's object id of the content; empty when there was no such file. */
  hash: string;
  /** Whether it knows all of that content, or only a part. */
  whole: boolean;
  /** The newest write of the path that it knows of, by `seq`; 0 for none. */
  writeSeq: number;
  at: number;
}

/** Whose picture, of which checkout: two worktrees hold two files under one path. */
export interface Viewpoint {
  agentId: string;
  /** Top folder of the checkout, absolute. */
  checkout: string;
}

export const seenSchema = `
create table seen (
  agent_id  text not null references agent (id),
  checkout  text not null,
  path      text not null,
  hash      text not null,
  whole     integer not null check (whole in (0, 1)),
  write_seq integer not null,
  at_ms     integer not null,
  primary key (agent_id, checkout, path)
) strict, without rowid;
create index seen_by_path on seen (checkout, path);

-- Up to which write an agent has been told what others did to what it has seen.
create table told (
  agent_id  text primary key references agent (id),
  write_seq integer not null
) strict, without rowid;

create view seen_files as
  select agent_id as agent, checkout, path, hash, whole, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') as at
    from seen;
`;

/** What an agent knew of a file before a call was to show it: that holds again when the client says that it did not. */
export const seenBeforeSchema = `
create table seen_before (
  agent_id   text not null references agent (id),
  call_id    text not null,
  checkout   text not null,
  path       text not null,
  shown_hash text not null,
  hash       text,
  whole      integer,
  write_seq  integer,
  at_ms      integer not null,
  primary key (agent_id, call_id, checkout, path)
) strict, without rowid;
`;

const upsertSeen = ({ agentId, checkout }: Viewpoint, seen: Omit<Seen, 'at'>, nowMs: number): Sql => sql`
  insert into seen (agent_id, checkout, path, hash, whole, write_seq, at_ms)
  values (${agentId}, ${checkout}, ${seen.path}, ${seen.hash}, ${seen.whole ? 1 : 0}, ${seen.writeSeq}, ${nowMs})
  on conflict (agent_id, checkout, path) do update
    set hash = excluded.hash, whole = excluded.whole, write_seq = excluded.write_seq, at_ms = excluded.at_ms`;

/** What an agent knows of a path from now on: the newest counts. */
export async function recordSeen(
  tx: Transaction,
  viewpoint: Viewpoint,
  seen: Omit<Seen, 'at'>,
): Promise<void> {
  await tx.run(upsertSeen(viewpoint, seen, tx.now));
}

export async function findSeen(
  reader: Reader,
  { agentId, checkout }: Viewpoint,
  path: string,
): Promise<Seen | undefined> {
  const row = await reader.get(sql`
    select * from seen
     where agent_id = (select ${agentId}) and checkout = (select ${checkout}) and path = (select ${path})`);
  return row === undefined ? undefined : toSeen(row);
}

/**
 * One agent knows from now on what another knows: a subagent starts with the picture of its parent and hands back its
 * own. What was seen later counts, and of the same content the whole over the part. A part of a content that others made
 * replaces nothing: what has changed in the rest of it is still to be told.
 */
export async function inheritSeen(tx: Transaction, from: string, to: string): Promise<void> {
  await tx.run(sql`
    insert into seen (agent_id, checkout, path, hash, whole, write_seq, at_ms)
    select ${to}, checkout, path, hash, whole, write_seq, at_ms from seen where agent_id = (select ${from})
    on conflict (agent_id, checkout, path) do update
      set hash = excluded.hash, write_seq = excluded.write_seq, at_ms = excluded.at_ms,
          whole = case when seen.hash = excluded.hash then max(seen.whole, excluded.whole) else excluded.whole end
      where excluded.at_ms >= seen.at_ms
        and (excluded.whole = 1 or excluded.hash = seen.hash or not exists (
          select 1 from write
           where write.checkout = seen.checkout and write.path = seen.path and write.seq > seen.write_seq
             and write.agent_id is not ${from} and write.agent_id is not ${to}))`);
}

/** How long after a call was let through its client may still say what became of it. */
const CALL_MS = 10 * 60_000;

/**
 * Keeps what an agent knows of a file as long as it is open whether a call has shown it.
 * @param shown The content that it is to show.
 */
export async function keepBefore(
  tx: Transaction,
  { agentId, checkout }: Viewpoint,
  { callId, path, shown }: { callId: string; path: string; shown: string },
): Promise<void> {
  await tx.run(sql`delete from seen_before where agent_id = ${agentId} and at_ms < ${tx.now - CALL_MS}`);
  const before = await findSeen(tx, { agentId, checkout }, path);
  await tx.run(sql`
    insert or ignore into seen_before (agent_id, call_id, checkout, path, shown_hash, hash, whole, write_seq, at_ms)
    values (${agentId}, ${callId}, ${checkout}, ${path}, ${shown}, ${before?.hash ?? null},
            ${before === undefined ? null : Number(before.whole)}, ${before?.writeSeq ?? null}, ${tx.now})`);
}

/** A file that a call was to show, and what its agent knew of it before. */
export interface SeenBefore extends Viewpoint {
  callId: string;
  path: string;
  shown: string;
  before?: Omit<Seen, 'at'>;
}

/** The files that calls of an agent were to show, of which its client has not yet said whether they did. */
export async function findUnconfirmed(reader: Reader, agentId: string): Promise<SeenBefore[]> {
  const rows = await reader.all(sql`
    select * from seen_before where agent_id = (select ${agentId}) order by at_ms desc, call_id desc`);
  return rows.map((row) => {
    const [path, hash] = [textOf(row, 'path'), optionalText(row, 'hash')];
    const call = {
      agentId,
      callId: textOf(row, 'call_id'),
      checkout: textOf(row, 'checkout'),
      path,
      shown: textOf(row, 'shown_hash'),
    };
    if (hash === undefined) return call;
    const before = { path, hash, whole: booleanOf(row, 'whole'), writeSeq: numberOf(row, 'write_seq') };
    return { ...call, before };
  });
}

/** A call has shown what it was to show. */
export async function confirmSeen(tx: Transaction, call: SeenBefore): Promise<void> {
  await tx.run(sql`
    delete from seen_before
     where agent_id = ${call.agentId} and call_id = ${call.callId} and checkout = ${call.checkout} and path = ${call.path}`);
}

/**
 * A call has not shown a file, or not all of it: its agent knows what it knew before, unless it has come to know another
 * content since.
 * @param isPart Whether it has shown a part: that counts where nothing was known before.
 */
export async function takeBackSeen(tx: Transaction, call: SeenBefore, isPart: boolean): Promise<void> {
  const { agentId, checkout, path, shown, before } = call;
  const seen = await findSeen(tx, call, path);
  if (seen?.hash === shown) {
    const known = before ?? (isPart ? { ...seen, whole: false } : undefined);
    if (known === undefined)
      await tx.run(sql`
        delete from seen where agent_id = ${agentId} and checkout = ${checkout} and path = ${path}`);
    else await recordSeen(tx, call, known);
  }
  await confirmSeen(tx, call);
}

/** Up to which write (`seq`) an agent has been told of changes; 0 at its beginning. */
export async function toldUpTo(reader: Reader, agentId: string): Promise<number> {
  const row = await reader.get(sql`select write_seq from told where agent_id = (select ${agentId})`);
  return row === undefined ? 0 : numberOf(row, 'write_seq');
}

export async function noteTold(tx: Transaction, agentId: string, writeSeq: number): Promise<void> {
  await tx.run(sql`
    insert into told (agent_id, write_seq) values (${agentId}, ${writeSeq})
    on conflict (agent_id) do update set write_seq = excluded.write_seq`);
}

/** An agent that has been told of all before its own write need not be told of that. */
export async function noteOwnWrite(tx: Transaction, agentId: string, writeSeq: number): Promise<void> {
  await tx.run(sql`
    update told set write_seq = ${writeSeq} where agent_id = ${agentId} and write_seq = ${writeSeq - 1}`);
}

/** Of what an agent has not seen itself it knows what another does. */
export async function inheritMissing(tx: Transaction, from: string, to: string): Promise<void> {
  await tx.run(sql`
    insert into seen (agent_id, checkout, path, hash, whole, write_seq, at_ms)
    select ${to}, checkout, path, hash, whole, write_seq, at_ms from seen where agent_id = (select ${from})
    on conflict (agent_id, checkout, path) do nothing`);
}

/** Forgets what an agent saw before a moment (Unix milliseconds). */
export async function forgetSeenBefore(tx: Transaction, agentId: string, beforeMs: number): Promise<void> {
  await tx.run(sql`delete from seen where agent_id = (select ${agentId}) and at_ms < ${beforeMs}`);
}

const OF_ENDED = (beforeMs: number): Sql => sql`
  agent_id in (select id from agent where ended_ms < ${beforeMs})`;

/** How many facts {@link forgetSeenOfEnded} would forget. */
export async function countSeenOfEnded(reader: Reader, beforeMs: number): Promise<number> {
  const row = await reader.get(sql`select count(*) as count from seen where ${OF_ENDED(beforeMs)}`);
  return numberOf(row ?? { count: 0 }, 'count');
}

/** Forgets what agents have seen, were told of and asked about that ended before a moment (Unix milliseconds). @returns How many facts. */
export async function forgetSeenOfEnded(tx: Transaction, beforeMs: number): Promise<number> {
  await tx.run(sql`delete from told where ${OF_ENDED(beforeMs)}`);
  await tx.run(sql`delete from mention where ${OF_ENDED(beforeMs)}`);
  await tx.run(sql`delete from seen_before where ${OF_ENDED(beforeMs)}`);
  return (await tx.run(sql`delete from seen where ${OF_ENDED(beforeMs)}`)).changes;
}

/** Every content that an agent who has not ended has seen last. */
export async function hashesSeenNow(reader: Reader): Promise<string[]> {
  const rows = await reader.all(sql`
    select distinct seen.hash from seen join agent on agent.id = seen.agent_id where agent.ended_ms is null`);
  return rows.map((row) => textOf(row, 'hash'));
}

function toSeen(row: Row): Seen {
  return {
    path: textOf(row, 'path'),
    hash: textOf(row, 'hash'),
    whole: booleanOf(row, 'whole'),
    writeSeq: numberOf(row, 'write_seq'),
    at: numberOf(row, 'at_ms'),
  };
}
