import { appendEvent } from '../event/index.js';
import {
  defined,
  numberOf,
  oneOf,
  optionalNumber,
  sql,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';
import {
  markAcknowledgedBy,
  markDeliveredTo,
  selectInbox,
  selectMessage,
  selectMessages,
} from './message.sql.js';
import {
  RECIPIENT_STATES,
  type Message,
  type MessageType,
  type Recipient,
  type RecipientState,
} from './message.js';
import { toMessage } from './row.js';

export interface InboxItem {
  message: Message;
  /** As whom it reached this reader: its own id, or a role. */
  recipient: Recipient;
  /** Its place among the messages of that recipient, from 1. */
  position: number;
  state: RecipientState;
  deliveredAt?: number;
  acknowledgedAt?: number;
}

/**
 * The messages of recipients (an agent's id, its role) in the order of their positions; one that reached several
 * of them stands there once, as it stands with the one who has done least about it.
 */
export async function inboxOf(
  reader: Reader,
  recipients: Recipient[],
  filter: { unacknowledgedOnly?: boolean; id?: string } = {},
): Promise<InboxItem[]> {
  if (recipients.length === 0) return [];
  const items = new Map<string, InboxItem>();
  for (const row of await reader.all(selectInbox(recipients, filter))) {
    const item = toInboxItem(row);
    const known = items.get(item.message.id);
    if (known === undefined || rank(item) < rank(known)) items.set(item.message.id, item);
  }
  return [...items.values()];
}

function rank(item: InboxItem): number {
  return RECIPIENT_STATES.indexOf(item.state);
}

function toInboxItem(row: Row): InboxItem {
  return defined({
    message: toMessage(row),
    recipient: textOf(row, 'recipient'),
    position: numberOf(row, 'position'),
    state: oneOf(row, 'state', RECIPIENT_STATES),
    deliveredAt: optionalNumber(row, 'delivered_ms'),
    acknowledgedAt: optionalNumber(row, 'acknowledged_ms'),
  });
}

/**
 * The answer that carried these messages goes to these recipients.
 * @param reader The agent that it went to; what it does next acknowledges them.
 * @returns The ids that were still queued.
 */
export async function markDelivered(
  tx: Transaction,
  recipients: Recipient[],
  messageIds: string[],
  reader?: string,
): Promise<string[]> {
  if (recipients.length === 0 || messageIds.length === 0) return [];
  const rows = await tx.all(markDeliveredTo(recipients, messageIds, reader ?? null, tx.now));
  return tellOfState(tx, 'delivered', recipients, rows);
}

/** Recipients have read these messages, or all of theirs. @returns The ids that were not acknowledged before. */
export async function acknowledge(
  tx: Transaction,
  recipients: Recipient[],
  messageIds?: string[],
): Promise<string[]> {
  if (recipients.length === 0 || messageIds?.length === 0) return [];
  return tellOfState(
    tx,
    'acknowledged',
    recipients,
    await tx.all(markAcknowledgedBy(recipients, messageIds, tx.now)),
  );
}

/** Writes down that messages have reached a state. @returns Their ids. */
export async function tellOfState(
  tx: Transaction,
  change: string,
  recipients: Recipient[],
  rows: Row[],
): Promise<string[]> {
  const messages = [...new Set(rows.map((row) => textOf(row, 'message_id')))];
  if (messages.length > 0)
    await appendEvent(tx, { type: `message.${change}`, data: { messages, recipients } });
  return messages;
}

export async function findMessage(reader: Reader, id: string): Promise<Message | undefined> {
  const row = await reader.get(selectMessage(id));
  return row === undefined ? undefined : toMessage(row);
}

export interface MessageFilter {
  runId?: string;
  taskId?: string;
  type?: MessageType;
  replyTo?: string;
}

/** Messages in the order of sending. */
export async function findMessages(reader: Reader, filter: MessageFilter = {}): Promise<Message[]> {
  const conditions: Sql[] = [];
  if (filter.runId !== undefined) conditions.push(sql`run_id = (select ${filter.runId})`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = (select ${filter.taskId})`);
  if (filter.type !== undefined) conditions.push(sql`type = (select ${filter.type})`);
  if (filter.replyTo !== undefined) conditions.push(sql`reply_to = (select ${filter.replyTo})`);
  return (await reader.all(selectMessages(conditions))).map(toMessage);
}
