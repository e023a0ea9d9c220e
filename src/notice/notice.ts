import { numberOf, sql, textOf, type Reader, type Row, type Sql, type Transaction } from '../store/index.js';

/** What an agent is to be told at its next step, once. */
export interface Notice {
  seq: number;
  text: string;
}

export const noticeSchema = `
create table notice (
  seq          integer primary key,
  agent_id     text not null references agent (id),
  topic        text not null,
  body         text not null,
  created_ms   integer not null,
  delivered_ms integer,
  unique (agent_id, topic)
) strict;
create index notice_open on notice (agent_id, seq) where delivered_ms is null;
`;

const insertNotice = (agentId: string, topic: string, text: string, nowMs: number): Sql => sql`
  insert into notice (agent_id, topic, body, created_ms) values (${agentId}, ${topic}, ${text}, ${nowMs})
  on conflict (agent_id, topic) do nothing`;

/**
 * Has an agent told something, once.
 * @returns False when it has been told of this topic before, or will be: nothing happens then.
 */
export async function leaveNotice(
  tx: Transaction,
  agentId: string,
  { topic, text }: { topic: string; text: string },
): Promise<boolean> {
  const { changes } = await tx.run(insertNotice(agentId, topic, text, tx.now));
  return changes > 0;
}

/** What an agent has not been told yet, oldest first. */
export async function openNotices(reader: Reader, agentId: string): Promise<Notice[]> {
  const rows = await reader.all(sql`
    select seq, body from notice where agent_id = (select ${agentId}) and delivered_ms is null order by seq`);
  return rows.map(toNotice);
}

/** The first notices that fit into so many characters together; one in any case. The others wait. */
export function fittingNotices(notices: readonly Notice[], maxChars: number): Notice[] {
  let room = maxChars;
  const end = notices.findIndex(({ text }, index) => {
    room -= text.length;
    return index > 0 && room < 0;
  });
  return end === -1 ? [...notices] : notices.slice(0, end);
}

/** The topics with this beginning of which an agent has not been told yet. */
export async function openTopics(reader: Reader, agentId: string, beginning: string): Promise<string[]> {
  const rows = await reader.all(sql`
    select topic from notice
     where agent_id = (select ${agentId}) and delivered_ms is null and substr(topic, 1, ${beginning.length}) = ${beginning}
     order by seq`);
  return rows.map((row) => textOf(row, 'topic'));
}

export async function noteDelivered(tx: Transaction, notices: readonly Notice[]): Promise<void> {
  for (const { seq } of notices)
    await tx.run(sql`update notice set delivered_ms = ${tx.now} where seq = ${seq}`);
}

/** What one agent has not been told yet another is told instead. */
export async function handOnNotices(tx: Transaction, from: string, to: string): Promise<void> {
  await tx.run(sql`
    update or ignore notice set agent_id = ${to} where agent_id = (select ${from}) and delivered_ms is null`);
  // What is left the other is told already.
  await noteDelivered(tx, await openNotices(tx, from));
}

const OF_ENDED = (beforeMs: number): Sql => sql`
  agent_id in (select id from agent where ended_ms < ${beforeMs})`;

/** How many notices {@link forgetNoticesOfEnded} would forget. */
export async function countNoticesOfEnded(reader: Reader, beforeMs: number): Promise<number> {
  const row = await reader.get(sql`select count(*) as count from notice where ${OF_ENDED(beforeMs)}`);
  return numberOf(row ?? { count: 0 }, 'count');
}

/** Forgets what agents were told, or were to be, that ended before a moment (Unix milliseconds). @returns How many notices. */
export async function forgetNoticesOfEnded(tx: Transaction, beforeMs: number): Promise<number> {
  return (await tx.run(sql`delete from notice where ${OF_ENDED(beforeMs)}`)).changes;
}

function toNotice(row: Row): Notice {
  return { seq: numberOf(row, 'seq'), text: textOf(row, 'body') };
}
