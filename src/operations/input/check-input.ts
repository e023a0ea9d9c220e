import { usageError } from '../../error/index.js';
import { spelledOf, type Field, type Fields } from '../fields.js';
import type { GivenText, RawInput } from './raw.js';
import { readText, readValue, type Place } from './read-value.js';

/**
 * Turns what a face hands over into the typed input of an operation, or says what is wrong with it.
 * @throws {CallsheetError} `INPUT_MISSING`, `INPUT_INVALID`, `PATH_OUTSIDE`, `FILE_UNREADABLE` (all usage).
 */
export async function checkInput(
  fields: Fields,
  raw: RawInput,
  place: Place,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = await valueOf(name, field, raw[name], place);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

async function valueOf(name: string, field: Field, given: RawInput[string], place: Place): Promise<unknown> {
  if (field.kind === 'flag') return given === true;
  if (isText(given)) return readText(spelledOf(name, field), field, given.text);
  const texts = typeof given === 'string' ? [given] : Array.isArray(given) ? (given as string[]) : [];
  if (texts.length === 0 && field.required === true) throw missing(name, field);
  const spelled = spelledOf(name, field);
  if (field.many === true) {
    const values: unknown[] = [];
    for (const text of texts) values.push(await readValue(spelled, field, text, place));
    return values;
  }
  const last = texts.at(-1);
  return last === undefined ? undefined : readValue(spelled, field, last, place);
}

function isText(given: RawInput[string]): given is GivenText {
  return typeof given === 'object' && 'text' in given;
}

function missing(name: string, field: Field): Error {
  return usageError(
    'INPUT_MISSING',
    `${spelledOf(name, field)} is missing (${field.help}). Nothing was done.`,
    'See what is needed: add --help to the command',
  );
}
