import { assertNever, usageError } from '../../error/index.js';
import { insideRepository } from '../../git/index.js';
import {
  hasUnsafeCharacters,
  isReadablePattern,
  oneLine,
  parseDuration,
  plainText,
} from '../../text/index.js';
import type { Field } from '../fields.js';
import { jsonIn, readTextFile } from './read-file.js';

/** Where paths of an input start, and what they must stay inside. */
export interface Place {
  cwd: string;
  root: string;
}

const LONGEST_NAME = 200;
const LONGEST_TEXT = 20_000;

/** Reads one value as its field wants it. `spelled` is how the person wrote its name. */
export async function readValue(spelled: string, field: Field, text: string, place: Place): Promise<unknown> {
  switch (field.kind) {
    case 'text':
      return textIn(spelled, field, text);
    case 'name':
      return nameIn(spelled, text);
    case 'integer':
      return integerIn(spelled, field, text);
    case 'duration':
      return durationIn(spelled, text);
    case 'choice':
      return choiceIn(spelled, field, text);
    case 'path':
      return pathIn(spelled, text, place);
    case 'file-text':
    case 'json-file':
      return readText(spelled, field, await readTextFile(place.cwd, text), text);
    case 'flag':
      return true;
    default:
      return assertNever(field.kind, 'kind of field');
  }
}

/** Reads what a file says. `name` is what it is called in errors. */
export function readText(spelled: string, field: Field, text: string, name = spelled): unknown {
  return field.kind === 'json-file'
    ? jsonIn(text, name)
    : textIn(spelled, field.kind === 'file-text' ? { ...field, maxChars: 1_000_000 } : field, text);
}

function pathIn(spelled: string, text: string, { root, cwd }: Place): string {
  const path = insideRepository(root, text, cwd);
  if (isReadablePattern(path)) return path;
  throw invalid(
    spelled,
    `is ${quoted(text)}, which stands for too many paths to compare`,
    'Name their folder.',
  );
}

function textIn(spelled: string, { maxChars = LONGEST_TEXT }: Field, text: string): string {
  // Others will see it: what could play tricks on their terminal is removed here, once.
  const plain = plainText(text);
  if (plain.trim() === '') throw invalid(spelled, 'is empty', 'Write something, in quotes.');
  if (plain.length > maxChars) {
    throw invalid(
      spelled,
      `has ${plain.length} characters; at most ${maxChars} are kept`,
      'Make it shorter.',
    );
  }
  return plain;
}

function nameIn(spelled: string, text: string): string {
  const shown = JSON.stringify(oneLine(plainText(text), 60));
  if (text.trim() === '') throw invalid(spelled, 'is empty', 'Give a single word.');
  if (hasUnsafeCharacters(text) || /\s/.test(text.trim())) {
    throw invalid(
      spelled,
      `is ${shown}, with spaces or characters that cannot be seen`,
      'Use a single word.',
    );
  }
  if (text.length > LONGEST_NAME) {
    throw invalid(
      spelled,
      `has ${text.length} characters; at most ${LONGEST_NAME} are allowed`,
      'Make it shorter.',
    );
  }
  return text.trim();
}

function integerIn(spelled: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: Field, text: string): number {
  const value = /^[+-]?\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
  const bounds = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`;
  const hint = `Give a whole number ${bounds}, in digits.`;
  if (!Number.isSafeInteger(value)) throw invalid(spelled, `is ${quoted(text)}, not a whole number`, hint);
  if (value < min || value > max) throw invalid(spelled, `is ${value}; it must be ${bounds}`, hint);
  return value;
}

function durationIn(spelled: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw invalid(
    spelled,
    `is ${quoted(text)}, not a duration`,
    'Write it as 90s, 10m, 1h30m or 2d; at most 30d.',
  );
}

function choiceIn(spelled: string, { choices = [] }: Field, text: string): string {
  const found = choices.find((choice) => choice.toLowerCase() === text.trim().toLowerCase());
  if (found !== undefined) return found;
  throw invalid(spelled, `is ${quoted(text)}`, `Choose one of: ${choices.join(', ')}`);
}

function quoted(text: string): string {
  return JSON.stringify(oneLine(plainText(text), 60));
}

function invalid(spelled: string, what: string, hint: string): Error {
  return usageError('INPUT_INVALID', `${spelled} ${what}. Nothing was done.`, hint);
}
