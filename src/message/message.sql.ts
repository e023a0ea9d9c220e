import { join, limitedTo, sql, type Sql } from '../store/index.js';
import type { QuestionState, Recipient } from './message.js';

export interface MessageColumns {
  id: string;
  type: string;
  from: string | null;
  to: string;
  runId: string | null;
  taskId: string | null;
  attempt: number | null;
  body: string;
  data: string;
  priority: number;
  replyTo: string | null;
  question: QuestionState | null;
  nowMs: number;
}

export const insertMessage = (message: MessageColumns): Sql => sql`
  insert into message (id, type, from_agent, sent_to, run_id, task_id, attempt, body, data, priority, reply_to, question, created_ms)
  values (${message.id}, ${message.type}, ${message.from}, ${message.to}, ${message.runId}, ${message.taskId}, ${message.attempt},
          ${message.body}, ${message.data}, ${message.priority}, ${message.replyTo}, ${message.question}, ${message.nowMs})`;

/** The next position of a recipient is counted in the statement that takes it. */
export const insertRecipient = (
  messageId: string,
  recipient: Recipient,
  { dedupeKey, isBulk }: { dedupeKey: string | null; isBulk: boolean },
): Sql => sql`
  insert into message_recipient (recipient, position, message_id, dedupe_key, bulk)
  select ${recipient}, coalesce(max(position), 0) + 1, ${messageId}, ${dedupeKey}, ${isBulk ? 1 : 0}
    from message_recipient where recipient = (select ${recipient})`;

export const selectSentBefore = (recipient: Recipient, dedupeKey: string): Sql => sql`
  select message_id from message_recipient where recipient = (select ${recipient}) and dedupe_key = (select ${dedupeKey})`;

/** How many messages somebody has sent to a recipient since a moment; counted up to `limit`. */
export const countSentSince = (
  from: string,
  recipient: Recipient,
  sinceMs: number,
  limit: number,
): Sql => sql`
  select count(*) as sent from (
    select 1 from message join message_recipient on message_id = message.id and recipient = (select ${recipient})
     where from_agent = (select ${from}) and created_ms > ${sinceMs} ${limitedTo(limit)}) as lately`;

export const selectMessage = (id: string): Sql => sql`select * from message where id = (select ${id})`;

export const selectMessages = (conditions: Sql[]): Sql => sql`
  select * from message where ${join([sql`true`, ...conditions], ' and ')} order by seq`;

export const selectInbox = (
  recipients: Recipient[],
  { unacknowledgedOnly = false, id }: { unacknowledgedOnly?: boolean; id?: string },
): Sql => sql`
  select message.*, recipient, position, state, delivered_ms, acknowledged_ms
    from message_recipient join message on message.id = message_recipient.message_id
   where recipient in (${join(recipients)}) ${unacknowledgedOnly ? sql`and state <> 'acknowledged'` : sql``}
         ${id === undefined ? sql`` : sql`and message.id = (select ${id})`}
   order by message.seq, position`;

const chosen = (messageIds: string[] | undefined): Sql =>
  messageIds === undefined
    ? sql``
    : sql`and message_id in (select id from message where id in (${join(messageIds)}))`;

export const markDeliveredTo = (
  recipients: Recipient[],
  messageIds: string[],
  reader: string | null,
  nowMs: number,
): Sql => sql`
  update message_recipient set state = 'delivered', delivered_ms = ${nowMs}, reader = ${reader}
   where recipient in (${join(recipients)}) and state = 'queued' ${chosen(messageIds)}
  returning message_id`;

export const markAcknowledgedBy = (
  recipients: Recipient[],
  messageIds: string[] | undefined,
  nowMs: number,
): Sql => sql`
  update message_recipient
     set state = 'acknowledged', acknowledged_ms = ${nowMs}, delivered_ms = coalesce(delivered_ms, ${nowMs})
   where recipient in (${join(recipients)}) and state <> 'acknowledged' ${chosen(messageIds)}
  returning message_id`;

export const selectRead = (reader: string): Sql => sql`
  select 1 as read from message_recipient where reader = (select ${reader}) and state = 'delivered' limit 1`;

export const markReadAcknowledged = (reader: string, nowMs: number): Sql => sql`
  update message_recipient set state = 'acknowledged', acknowledged_ms = ${nowMs}
   where reader = (select ${reader}) and state = 'delivered'
  returning message_id, recipient`;

/** What is queued and on no way yet; an offer that is later than now was made before the clock was set back. */
export const selectWaiting = (recipients: Recipient[], nowMs: number, offerMs: number): Sql => sql`
  select message.*, recipient, bulk, announced_ms
    from message_recipient join message on message.id = message_recipient.message_id
   where recipient in (${join(recipients)}) and state <> 'acknowledged' and state = 'queued'
     and (offered_ms is null or offered_ms <= ${nowMs - offerMs} or offered_ms > ${nowMs})
   order by message.seq, position`;

export const markOffered = (recipients: Recipient[], messageIds: string[], nowMs: number): Sql => sql`
  update message_recipient set offered_ms = ${nowMs}
   where recipient in (${join(recipients)}) and state = 'queued' ${chosen(messageIds)}`;

export const markAnnounced = (recipients: Recipient[], messageIds: string[], nowMs: number): Sql => sql`
  update message_recipient set announced_ms = ${nowMs}, offered_ms = null
   where recipient in (${join(recipients)}) and state = 'queued' ${chosen(messageIds)}`;

export const acknowledgeForAll = (messageId: string, nowMs: number): Sql => sql`
  update message_recipient
     set state = 'acknowledged', acknowledged_ms = ${nowMs}, delivered_ms = coalesce(delivered_ms, ${nowMs})
   where message_id = (select ${messageId}) and state <> 'acknowledged'`;

export const settleQuestion = (id: string, to: Exclude<QuestionState, 'open'>): Sql => sql`
  update message set question = ${to} where id = (select ${id}) and question = 'open'`;

/** Open questions that a person or a supervisor is asked, as a role or by name. */
export const selectOpenQuestions = (conditions: Sql[]): Sql => sql`
  select * from message
   where question = 'open' and ${join([sql`true`, ...conditions], ' and ')}
     and exists (
       select 1 from message_recipient left join agent on agent.id = message_recipient.recipient
        where message_id = message.id
          and (recipient in ('role:human', 'role:supervisor') or agent.role in ('human', 'supervisor')))
   order by priority, seq`;
