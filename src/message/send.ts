import { assert, usageError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { textOf, type Transaction } from '../store/index.js';
import { oneLine, plainText } from '../text/index.js';
import { plainBody, plainData } from './body.js';
import { isOneOfMany } from './bulk.js';
import { findMessage } from './inbox.js';
import { insertMessage, insertRecipient, selectSentBefore } from './message.sql.js';
import {
  awaitsAnswer,
  HUMANS,
  SUPERVISORS,
  type Message,
  type MessageData,
  type MessageType,
  type Recipient,
} from './message.js';

interface NewMessageOf<T extends MessageType> {
  type: T;
  /** An agent's id; left out when callsheet itself speaks. */
  from?: string;
  /** As `resolveRecipient` gives them. */
  to: Recipient[];
  /** The recipients as they were written. Default: `to`. */
  written?: string;
  runId?: string;
  taskId?: string;
  attempt?: number;
  body: string;
  data?: MessageData[T];
  /** Default 5. */
  priority?: number;
  replyTo?: string;
  /** A recipient gets one message with this key, however often it is sent. */
  dedupeKey?: string;
}

export type NewMessage = { [T in MessageType]: NewMessageOf<T> }[MessageType];

/**
 * Sends a message to each recipient once; recipients that have had one with the same key are left out, and when
 * none is left the earlier message is the answer.
 * @throws {CallsheetError} `MESSAGE_TOO_LONG`, `MESSAGE_EMPTY`, `MESSAGE_INVALID`, `MESSAGE_UNADDRESSED` (usage).
 */
export async function sendMessage(tx: Transaction, message: NewMessage): Promise<Message> {
  const body = plainBody(message.body);
  const data = plainData(message.type, message.data ?? {});
  requirePriority(message.priority);
  const wanted = [...new Set(message.to)];
  const { recipients, earlier } = await withoutRepeats(tx, wanted, message.dedupeKey);
  if (recipients.length === 0 && earlier !== undefined) return stored(tx, earlier);
  if (recipients.length === 0) {
    throw usageError(
      'MESSAGE_UNADDRESSED',
      'The message has no recipient. Nothing was sent.',
      'Name an agent, a task, human, lead or all.',
    );
  }
  const id = await tx.nextId(awaitsAnswer(message.type) ? 'q' : 'm');
  await tx.run(insertMessage(columnsOf(tx, id, message, body, data)));
  for (const recipient of recipients) {
    const isBulk = await isOneOfMany(tx, message.from, recipient);
    await tx.run(insertRecipient(id, recipient, { dedupeKey: message.dedupeKey ?? null, isBulk }));
  }
  const sent = await stored(tx, id);
  await tellMessage(tx, 'sent', sent, {
    from: sent.from,
    to: recipients,
    body,
    data: sent.data,
    priority: sent.priority,
    replyTo: sent.replyTo,
  });
  return sent;
}

async function withoutRepeats(tx: Transaction, wanted: Recipient[], dedupeKey: string | undefined) {
  if (dedupeKey === undefined) return { recipients: wanted };
  const recipients: Recipient[] = [];
  let earlier: string | undefined;
  for (const recipient of wanted) {
    const before = await tx.get(selectSentBefore(recipient, dedupeKey));
    if (before === undefined) recipients.push(recipient);
    else earlier ??= textOf(before, 'message_id');
  }
  return { recipients, earlier };
}

function requirePriority(priority = 5): void {
  if (Number.isInteger(priority) && priority >= 1 && priority <= 10) return;
  throw usageError(
    'MESSAGE_INVALID',
    `A message cannot have priority ${priority}. Nothing was sent.`,
    'Use 1 (most urgent) to 10.',
  );
}

function columnsOf(tx: Transaction, id: string, message: NewMessage, body: string, data: string) {
  return {
    id,
    type: message.type,
    from: message.from ?? null,
    to: oneLine(plainText(message.written ?? message.to.join(', ')), 200),
    runId: message.runId ?? null,
    taskId: message.taskId ?? null,
    attempt: message.attempt ?? null,
    body,
    data,
    priority: message.priority ?? 5,
    replyTo: message.replyTo ?? null,
    question: awaitsAnswer(message.type) ? ('open' as const) : null,
    nowMs: tx.now,
  };
}

async function stored(tx: Transaction, id: string): Promise<Message> {
  const message = await findMessage(tx, id);
  assert(message !== undefined, `message ${id} is in the sheet`);
  return message;
}

export async function tellMessage(
  tx: Transaction,
  change: string,
  message: Message,
  data: Record<string, unknown>,
): Promise<void> {
  await appendEvent(tx, {
    type: `message.${change}`,
    ...(message.runId === undefined ? {} : { runId: message.runId }),
    ...(message.taskId === undefined ? {} : { taskId: message.taskId }),
    ...(message.attempt === undefined ? {} : { attempt: message.attempt }),
    ...(message.from === undefined ? {} : { agentId: message.from }),
    data: { message: message.id, messageType: message.type, ...data },
  });
}

type AnnouncementOf<T extends MessageType> = Omit<
  NewMessageOf<T>,
  'to' | 'written' | 'taskId' | 'attempt'
> & {
  /** What it is about. */
  task?: { id: string; runId?: string; attempt: number };
  /** Who is told besides. */
  also?: Recipient[];
};
export type Announcement = { [T in MessageType]: AnnouncementOf<T> }[MessageType];

/** Tells the person and the lead of a change, and who else is named, in the transaction that makes it. */
export async function announce(tx: Transaction, announcement: Announcement): Promise<Message> {
  const { task, also = [], ...message } = announcement;
  const about =
    task === undefined
      ? {}
      : {
          taskId: task.id,
          attempt: task.attempt,
          ...(task.runId === undefined ? {} : { runId: task.runId }),
        };
  return sendMessage(tx, { ...message, ...about, to: [HUMANS, SUPERVISORS, ...also] });
}
