import { usageError } from '../error/index.js';
import { plainText } from '../text/index.js';
import type { MessageType } from './message.js';

export const LONGEST_BODY = 16_000;

/** The types that people and agents may send themselves; the others are written by what they report. */
export const SENDABLE = [
  'QUERY',
  'QUESTION',
  'ANSWER',
  'BLOCKER',
  'INSTRUCTION',
  'REVIEW_REQUEST',
  'REVIEW_RESULT',
] as const;
export type SendableType = (typeof SENDABLE)[number];

function isSendable(type: string): type is SendableType {
  return (SENDABLE as readonly string[]).includes(type);
}

type Field = (value: unknown) => boolean;
const text: Field = (value) => typeof value === 'string';
const texts: Field = (value) => Array.isArray(value) && value.length <= 100 && value.every(text);
const verdict: Field = (value) => value === 'approved' || value === 'changes-requested';

/** The keys that a type's data may have, and what each must be; as {@link MessageData} says. */
const FIELDS: Record<SendableType, Record<string, Field>> = {
  QUERY: { paths: texts },
  QUESTION: { options: texts },
  BLOCKER: { options: texts },
  ANSWER: { question: text },
  INSTRUCTION: { paths: texts },
  REVIEW_REQUEST: { paths: texts, commit: text, review: text },
  REVIEW_RESULT: { verdict, findings: texts },
};

/**
 * The text of a message, made safe to show.
 * @throws {CallsheetError} `MESSAGE_TOO_LONG`, `MESSAGE_EMPTY` (usage).
 */
export function plainBody(body: string): string {
  const plain = plainText(body).trim();
  if (plain === '')
    throw usageError(
      'MESSAGE_EMPTY',
      'A message needs text. Nothing was sent.',
      'Write what you want to say in quotes.',
    );
  if (plain.length <= LONGEST_BODY) return plain;
  throw usageError(
    'MESSAGE_TOO_LONG',
    `The message has ${plain.length} characters, ${LONGEST_BODY} is the most. Nothing was sent.`,
    'Put the long part in a file, and name the file.',
  );
}

/**
 * The data of a message as JSON, its texts made safe to show. Of types that people send, its shape is checked.
 * @throws {CallsheetError} `MESSAGE_INVALID`, `MESSAGE_TOO_LONG` (usage).
 */
export function plainData(type: MessageType, data: object): string {
  if (isSendable(type)) requireCarries(type, data);
  const json = JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'string' ? plainText(value) : value,
  );
  if (json.length <= LONGEST_BODY) return json;
  throw usageError(
    'MESSAGE_TOO_LONG',
    `The data of the ${type} has ${json.length} characters, ${LONGEST_BODY} is the most. Nothing was sent.`,
    'Put the long part in a file, and name the file.',
  );
}

/**
 * What people send carries only what its type can carry.
 * @throws {CallsheetError} `MESSAGE_INVALID` (usage).
 */
export function requireCarries(type: SendableType, data: object): void {
  const fields = FIELDS[type];
  for (const [name, value] of Object.entries(data)) {
    const isRight = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined || isRight?.(value) === true) continue;
    const why =
      isRight === undefined
        ? `cannot carry “${plainText(name).slice(0, 40)}”`
        : `has a wrong value for “${name}”`;
    throw usageError(
      'MESSAGE_INVALID',
      `A ${type} ${why}. Nothing was sent.`,
      `It may carry: ${Object.keys(fields).join(', ')}.`,
    );
  }
}
