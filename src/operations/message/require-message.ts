import { usageError } from '../../error/index.js';
import { findMessage, type Message } from '../../message/index.js';
import type { Reader } from '../../store/index.js';

/** @throws {CallsheetError} `MESSAGE_UNKNOWN` (usage). */
export async function requireMessage(reader: Reader, id: string): Promise<Message> {
  const message = await findMessage(reader, id);
  if (message !== undefined) return message;
  throw usageError(
    'MESSAGE_UNKNOWN',
    `There is no message “${id}” in this sheet. Nothing was sent.`,
    'See what was said to you: callsheet inbox --all',
  );
}
