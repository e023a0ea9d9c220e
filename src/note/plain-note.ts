import { usageError } from '../error/index.js';
import { oneLine, plainText } from '../text/index.js';
import type { NewNote } from './note.js';

export const LONGEST_NOTE = 8_000;
const LONGEST_KEY = 100;
const LONGEST_TAG = 60;
const LONGEST_PATH = 1_000;
const MOST_TAGS = 20;
const MOST_FILES = 200;

/**
 * A note whose texts are safe to show and within bounds.
 * @throws {CallsheetError} `NOTE_TOO_LONG`, `NOTE_INVALID` (usage).
 */
export function plainNote(note: NewNote): NewNote & { tags: string[]; files: string[] } {
  const text = plainText(note.text).trim();
  if (text === '') throw invalid('A note needs text', 'Write it in quotes.');
  if (text.length > LONGEST_NOTE) {
    throw usageError(
      'NOTE_TOO_LONG',
      `The note has ${text.length} characters, ${LONGEST_NOTE} is the most. Nothing was noted.`,
      'Note the conclusion, and name the file that has the rest.',
    );
  }
  const plain = { ...note, text, tags: tagsOf(note.tags ?? []), files: filesOf(note.files ?? []) };
  return note.key === undefined ? plain : { ...plain, key: plainKey(note.key) };
}

/** The name of a value as it is kept. @throws {CallsheetError} `NOTE_INVALID` (usage). */
export function plainKey(key: string): string {
  const plain = plainText(key).trim();
  if (plain !== '' && plain.length <= LONGEST_KEY && !/\s/.test(plain)) return plain;
  throw invalid(
    `“${oneLine(plain, 60)}” cannot be the name of a value`,
    `Use one word of at most ${LONGEST_KEY} characters.`,
  );
}

function tagsOf(tags: string[]): string[] {
  const plain = [...new Set(tags.map((tag) => plainText(tag).trim().toLowerCase()))].filter(
    (tag) => tag !== '',
  );
  if (plain.length > MOST_TAGS)
    throw invalid(`${plain.length} tags are more than the ${MOST_TAGS} a note may have`, 'Leave some out.');
  const long = plain.find((tag) => tag.length > LONGEST_TAG);
  if (long !== undefined)
    throw invalid(`The tag “${oneLine(long, 40)}” is over ${LONGEST_TAG} characters long`, 'Shorten it.');
  return plain;
}

// A path is kept as it is, or it would name another file; the caller has checked that it lies in the repository.
function filesOf(files: string[]): string[] {
  if (files.length > MOST_FILES)
    throw invalid(
      `${files.length} files are more than the ${MOST_FILES} a note may name`,
      'Name their folder.',
    );
  if (files.some((path) => path.length > LONGEST_PATH))
    throw invalid(`A path is over ${LONGEST_PATH} characters long`, 'Name its folder.');
  return [...new Set(files)];
}

function invalid(what: string, hint: string): Error {
  return usageError('NOTE_INVALID', `${what}. Nothing was noted.`, hint);
}
