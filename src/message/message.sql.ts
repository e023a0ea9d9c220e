import { join, sql, type Sql } from '../store/index.js';
import type { QuestionState, Recipient, RecipientState } from './message.js';

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
  dedupeKey: string | null,
): Sql => sql`
  insert into message_recipient (recipient, position, message_id, dedupe_key)
  select ${recipient}, coalesce(max(position), 0) + 1, ${messageId}, ${dedupeKey}
    from message_recipient where recipient = (select ${recipient})`;

export const selectSentBefore = (recipient: Recipient, dedupeKey: string): Sql => sql`
  select message_id from message_recipient where recipient = (select ${recipient}) and dedupe_key = (select ${dedupeKey})`;

export const selectMessage = (id: string): Sql => sql`select * from message where id = (select ${id})`;

export const selectMessages = (conditions: Sql[]): Sql => sql`
  select * from message where ${join([sql`true`, ...conditions], ' and ')} order by seq`;

export const selectInbox = (
  recipients: Recipient[],
  { unacknowledgedOnly = false, state }: { unacknowledgedOnly?: boolean; state?: RecipientState },
): Sql => sql`
  select message.*, recipient, position, state, delivered_ms, acknowledged_ms
    from message_recipient join message on message.id = message_recipient.message_id
   where recipient in (${join(recipients)}) ${unacknowledgedOnly || state !== undefined ? sql`and state <> 'acknowledged'` : sql``}
         ${state === undefined ? sql`` : sql`and state = (select ${state})`}
   order by message.seq, position`;

const chosen = (messageIds: string[] | undefined): Sql =>
  messageIds === undefined
    ? sql``
    : sql`and message_id in (select id from message where id in (${join(messageIds)}))`;

export const markDeliveredTo = (recipients: Recipient[], messageIds: string[], nowMs: number): Sql => sql`
  update message_recipient set state = 'delivered', delivered_ms = ${nowMs}
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
