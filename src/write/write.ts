import { appendEvent } from '../event/index.js';
import {
  defined,
  join,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  raw,
  sql,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';
import { recordSuspects, SUSPECTS } from './suspect.js';

/**
 * How a file came to its content: by a tool of a client; by a command that names it as a file it writes; while only this
 * agent's commands were under way, none of which does; because a write was taken back; or by somebody callsheet does not
 * know, be it one of several agents whose commands were under way.
 */
export const WAYS = ['write', 'edit', 'shell', 'meanwhile', 'undo', 'outside'] as const;

/** A recorded fact: a path of a checkout went from one content to another. */
export interface Write {
  /** Order of the writes of a sheet, from 1. */
  seq: number;
  checkout: string;
  path: string;
  /** Absent: nobody who is registered (an editor, a formatter, a generator), or one of the suspects. */
  agentId?: string;
  /** The agents whose commands were under way, any of which may have made it; only where there were several. */
  suspects?: string[];
  taskId?: string;
  attempt?: number;
  /** git's object id of the content; empty when there was no such file. */
  before: string;
  after: string;
  how: (typeof WAYS)[number];
  at: number;
}

export const writeSchema = `
create table write (
  seq         integer primary key,
  checkout    text not null,
  path        text not null,
  agent_id    text references agent (id),
  task_id     text,
  attempt     integer,
  before_hash text not null,
  after_hash  text not null,
  how         text not null check (how in ('write', 'edit', 'shell', 'meanwhile', 'undo', 'outside')),
  at_ms       integer not null,
  check ((agent_id is null) = (how = 'outside'))
) strict;
create index write_by_path on write (checkout, path, seq);
create index write_by_name on write (path, agent_id);
create index write_by_agent on write (agent_id, seq) where agent_id is not null;

create view writes as
  select seq, checkout, path, agent_id as agent, task_id as task, attempt, before_hash as before, after_hash as after, how,
         strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') as at
    from write order by seq;
`;

const insertWrite = (write: Omit<Write, 'seq' | 'at'>, nowMs: number): Sql => sql`
  insert into write (checkout, path, agent_id, task_id, attempt, before_hash, after_hash, how, at_ms)
  values (${write.checkout}, ${write.path}, ${write.agentId ?? null}, ${write.taskId ?? null}, ${write.attempt ?? null},
          ${write.before}, ${write.after}, ${write.how}, ${nowMs})
  returning seq`;

/** @returns The write's `seq`. */
export async function recordWrite(tx: Transaction, write: Omit<Write, 'seq' | 'at'>): Promise<number> {
  const seq = Number((await tx.get(insertWrite(write, tx.now)))?.['seq']);
  await recordSuspects(tx, seq, write.suspects ?? []);
  await appendEvent(tx, {
    type: 'file.written',
    ...defined({ agentId: write.agentId, taskId: write.taskId, attempt: write.attempt }),
    data: {
      paths: [write.path],
      checkout: write.checkout,
      before: write.before,
      after: write.after,
      how: write.how,
    },
  });
  return seq;
}

/** The position of the newest write of a path; 0 when none is known. */
export async function lastWriteOf(reader: Reader, checkout: string, path: string): Promise<number> {
  const row = await reader.get(sql`
    select coalesce(max(seq), 0) as seq from write where checkout = (select ${checkout}) and path = (select ${path})`);
  return numberOf(row ?? { seq: 0 }, 'seq');
}

/** The writes of a path after a position, oldest first. */
export async function writesOf(
  reader: Reader,
  { checkout, path }: { checkout: string; path: string },
  sinceSeq: number,
): Promise<Write[]> {
  const rows = await reader.all(sql`
    select *, ${SUSPECTS} from write
     where checkout = (select ${checkout}) and path = (select ${path}) and seq > ${sinceSeq} order by seq`);
  return rows.map(toWrite);
}

// What one command does to several files is recorded together.
const NEAR = 50;

/** Where a write only gave a path the content that the same agent took from another at that moment: that other's write. */
export async function movedFrom(reader: Reader, write: Write): Promise<Write | undefined> {
  return (await removedWith(reader, write)).find(({ before }) => before === write.after);
}

const MOST_REMOVED = 10;

/**
 * The files that the same agent's commands removed at the moment at which they made a path what it is, as their writes:
 * first those whose content it has, then the nearest.
 */
export async function removedWith(reader: Reader, write: Write): Promise<Write[]> {
  if (write.agentId === undefined || write.how !== 'shell' || write.after === '') return [];
  const rows = await reader.all(sql`
    select *, ${SUSPECTS} from write
     where seq between ${write.seq - NEAR} and ${write.seq + NEAR} and checkout = ${write.checkout}
       and agent_id = ${write.agentId} and path <> ${write.path}
       and before_hash <> '' and after_hash = ''
     order by before_hash <> ${write.after}, abs(seq - ${write.seq}) limit ${MOST_REMOVED}`);
  return rows.map(toWrite);
}

/** The newest writes of a path before a position, the newest first. */
export async function newestWritesOf(
  reader: Reader,
  { checkout, path }: { checkout: string; path: string },
  most: number,
  beforeSeq = Number.MAX_SAFE_INTEGER,
): Promise<Write[]> {
  const rows = await reader.all(sql`
    select *, ${SUSPECTS} from write
     where checkout = (select ${checkout}) and path = (select ${path}) and seq < ${beforeSeq}
     order by seq desc limit ${most}`);
  return rows.map(toWrite);
}

/** The position of the newest write of the sheet; 0 when there is none. */
export async function newestWrite(reader: Reader): Promise<number> {
  const row = await reader.get(sql`select coalesce(max(seq), 0) as seq from write`);
  return numberOf(row ?? { seq: 0 }, 'seq');
}

export interface WriteFilter {
  /** Of this agent or its subagents: their work is that of the session they worked for. */
  agentId?: string;
  taskId?: string;
  /** Of any of these paths, in whichever checkout. None: of all. */
  paths?: readonly string[];
  /** Of this file or what is below this folder, in whichever checkout; `.` is everything. */
  at?: string;
  /** Not older than this moment (Unix milliseconds). */
  sinceMs?: number;
  /** How many, the newest. Default all. */
  newest?: number;
}

/** An agent and its subagents. */
const family = (agentId: string): Sql => sql`
  family (id) as (
    select ${agentId} union all select agent.id from family join agent on agent.parent_id = family.id)`;

/** The writes that a filter lets through, oldest first. */
export async function findWrites(reader: Reader, filter: WriteFilter = {}): Promise<Write[]> {
  const { newest = -1 } = filter;
  const rows = await reader.all(sql`
    select * from (select *, ${SUSPECTS} from write where ${join(conditionsOf(filter), ' and ')} order by seq desc limit ${newest}) as found
     order by seq`);
  return rows.map(toWrite);
}

function conditionsOf({ agentId, taskId, paths = [], at, sinceMs }: WriteFilter): Sql[] {
  const conditions = [sql`true`];
  if (agentId !== undefined)
    conditions.push(sql`agent_id in (with recursive ${family(agentId)} select id from family)`);
  if (taskId !== undefined) conditions.push(sql`task_id = ${taskId}`);
  if (paths.length > 0) conditions.push(sql`path in (${join([...paths])})`);
  // What is below a folder stands between its name with a slash and with what comes after a slash.
  if (at !== undefined && at !== '.')
    conditions.push(sql`(path = ${at} or (path > ${`${at}/`} and path < ${`${at}0`}))`);
  if (sinceMs !== undefined) conditions.push(sql`at_ms >= ${sinceMs}`);
  return conditions;
}

/** The files that an agent and its subagents have written, the newest first, as far as their last 200 writes tell. */
export async function filesWrittenBy(reader: Reader, agentId: string): Promise<string[]> {
  const rows = await reader.all(sql`
    with recursive ${family(agentId)}
    select path from (
      select write.path, write.seq from family cross join write on write.agent_id = family.id
       order by write.seq desc limit 200)
     group by path order by max(seq) desc`);
  return rows.map((row) => textOf(row, 'path'));
}

export async function findWrite(reader: Reader, seq: number): Promise<Write | undefined> {
  const row = await reader.get(sql`select *, ${SUSPECTS} from write where seq = ${seq}`);
  return row === undefined ? undefined : toWrite(row);
}

/** The files that others have written after a position, and that this agent had seen before, oldest first. */
export async function changedByOthers(
  reader: Reader,
  agentId: string,
  sinceSeq: number,
): Promise<{ checkout: string; path: string }[]> {
  const rows = await reader.all(sql`
    select write.checkout, write.path
      from write join seen
        on seen.agent_id = (select ${agentId}) and seen.checkout = write.checkout and seen.path = write.path
     where write.seq > ${sinceSeq} and write.seq > seen.write_seq and write.agent_id is not ${agentId}
     group by write.checkout, write.path order by max(write.seq)`);
  return rows.map((row) => ({ checkout: textOf(row, 'checkout'), path: textOf(row, 'path') }));
}

// A subagent's work is that of the session it worked for, also when it has ended itself.
const LIVE_SESSIONS = raw(`
  session (id, head) as (
    select id, id from agent where ended_ms is null and role <> 'human' and parent_id is null
    union all
    select agent.id, session.head from session join agent on agent.parent_id = session.id)`);

/**
 * The live sessions and subagents that have written a path, each with a checkout in which they did, but for some session
 * and its subagents. What a subagent wrote that has ended counts for its session.
 */
export async function writersOf(
  reader: Reader,
  path: string,
  exceptSession: string,
): Promise<{ agentId: string; checkout: string }[]> {
  const rows = await reader.all(sql`
    with recursive ${LIVE_SESSIONS}
    select case when agent.ended_ms is null then agent.id else session.head end as writer,
           max(write.checkout) as checkout
      from session join agent on agent.id = session.id join write on write.agent_id = session.id
     where write.path = (select ${path}) and session.head <> ${exceptSession}
     group by writer order by writer`);
  return rows.map((row) => ({ agentId: textOf(row, 'writer'), checkout: textOf(row, 'checkout') }));
}

/**
 * What live sessions have written in a checkout, the newest first, but for what some session wrote; also under the names
 * that anybody has given it since. Others may have written the same files, and it may have been committed or undone.
 * @returns Sessions: what their subagents wrote is theirs.
 */
export async function workOf(
  reader: Reader,
  checkout: string,
  exceptSession?: string,
): Promise<{ agentId: string; path: string }[]> {
  // `cross join` keeps the order: only what live agents have written is looked at, not all that a checkout has seen.
  const rows = await reader.all(sql`
    with recursive ${LIVE_SESSIONS},
    work (head, path) as (
      select session.head, write.path
        from session cross join write on write.agent_id = session.id
       where session.head is not ${exceptSession ?? null}
         and write.checkout = (select ${checkout}) and write.how <> 'meanwhile'
      union
      select work.head, arrived.path
        from work
        cross join write as gone on gone.checkout = (select ${checkout}) and gone.path = work.path
        cross join write as arrived on arrived.seq between gone.seq - ${NEAR} and gone.seq + ${NEAR}
       where gone.after_hash = '' and arrived.checkout = gone.checkout and arrived.agent_id = gone.agent_id
         and arrived.path <> gone.path and arrived.after_hash <> '' and arrived.how = 'shell'
         and (arrived.after_hash = gone.before_hash or arrived.before_hash = ''))
    select head, path from work
     order by (select max(seq) from write where write.checkout = (select ${checkout}) and write.path = work.path) desc`);
  return rows.map((row) => ({ agentId: textOf(row, 'head'), path: textOf(row, 'path') }));
}

function toWrite(row: Row): Write {
  return defined({
    seq: numberOf(row, 'seq'),
    checkout: textOf(row, 'checkout'),
    path: textOf(row, 'path'),
    agentId: optionalText(row, 'agent_id'),
    suspects: optionalText(row, 'suspects')?.split(','),
    taskId: optionalText(row, 'task_id'),
    attempt: optionalNumber(row, 'attempt'),
    before: textOf(row, 'before_hash'),
    after: textOf(row, 'after_hash'),
    how: oneOf(row, 'how', WAYS),
    at: numberOf(row, 'at_ms'),
  });
}
