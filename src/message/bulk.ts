import { findAgent } from '../agent/index.js';
import { numberOf, type Transaction } from '../store/index.js';
import { countSentSince } from './message.sql.js';
import type { Recipient } from './message.js';

export const BULK_WITHIN_MS = 60_000;
/** So many messages of an agent a recipient hears one by one within {@link BULK_WITHIN_MS}. */
const MOST_ONE_BY_ONE = 12;

/**
 * True when the sender has said so much to this recipient lately that what it says now is told of in a digest. The one
 * that asks has been counted already. People and callsheet itself are heard whatever they say.
 */
export async function isOneOfMany(
  tx: Transaction,
  from: string | undefined,
  recipient: Recipient,
): Promise<boolean> {
  if (from === undefined) return false;
  const row = await tx.get(countSentSince(from, recipient, tx.now - BULK_WITHIN_MS, MOST_ONE_BY_ONE));
  if (numberOf(row ?? {}, 'sent') < MOST_ONE_BY_ONE) return false;
  return (await findAgent(tx, from))?.role !== 'human';
}
