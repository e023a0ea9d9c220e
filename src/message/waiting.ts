import { booleanOf, optionalNumber, textOf, type Reader, type Transaction } from '../store/index.js';
import { tellOfState } from './inbox.js';
import {
  markAnnounced,
  markOffered,
  markReadAcknowledged,
  selectRead,
  selectWaiting,
} from './message.sql.js';
import type { Message, Recipient } from './message.js';
import { toMessage } from './row.js';

// Longer than an answer can be on its way, in milliseconds: then it was lost, and what it carried is offered again.
const OFFER_MS = 10_000;

/** A message that has not been delivered. */
export interface Waiting {
  message: Message;
  /** One of so many that a digest tells of them together. */
  isBulk: boolean;
  /** When a digest has told of it, in Unix milliseconds; it waits in the inbox. */
  announcedAt?: number;
}

/** What waits for these recipients and is in no answer that may be on its way now, in the order of sending. */
export async function findWaiting(
  reader: Reader,
  recipients: Recipient[],
  nowMs: number,
): Promise<Waiting[]> {
  const found = new Map<string, Waiting>();
  for (const row of await reader.all(selectWaiting(recipients, nowMs, OFFER_MS))) {
    const announcedAt = optionalNumber(row, 'announced_ms');
    found.set(textOf(row, 'id'), {
      message: toMessage(row),
      isBulk: booleanOf(row, 'bulk'),
      ...(announcedAt === undefined ? {} : { announcedAt }),
    });
  }
  return [...found.values()];
}

/** These go into an answer now: no other answer takes them along until that has left, or must have been lost. */
export async function offer(tx: Transaction, recipients: Recipient[], messageIds: string[]): Promise<void> {
  if (messageIds.length > 0) await tx.run(markOffered(recipients, messageIds, tx.now));
}

/** A digest that told of these has been sent. They are not delivered by that. */
export async function noteAnnounced(
  tx: Transaction,
  recipients: Recipient[],
  messageIds: string[],
): Promise<void> {
  if (messageIds.length > 0) await tx.run(markAnnounced(recipients, messageIds, tx.now));
}

/** Whether anything that this agent was brought is not acknowledged yet: looking keeps nobody from writing. */
export async function hasRead(reader: Reader, agentId: string): Promise<boolean> {
  return (await reader.get(selectRead(agentId))) !== undefined;
}

/** The agent has gone on with what it was brought. */
export async function acknowledgeRead(tx: Transaction, agentId: string): Promise<void> {
  const rows = await tx.all(markReadAcknowledged(agentId, tx.now));
  await tellOfState(tx, 'acknowledged', [...new Set(rows.map((row) => textOf(row, 'recipient')))], rows);
}
