import { findNotes, searchNotes, type Note } from '../note/index.js';
import type { Reader } from '../store/index.js';

const MOST_NOTES = 5;
const MOST_WORDS = 16;
/** Of notes that have one word, so many are looked at for the others. */
const MOST_WITH_WORD = 200;

/**
 * The notes that a question is answered from: those about the paths that it names, the newest first, then those that
 * have at least half of the words that it turns on, what fits best first. Empty when no note fits.
 */
export async function fittingNotes(
  reader: Reader,
  question: { text: string; paths: readonly string[] },
): Promise<Note[]> {
  const found = new Map<string, Note>();
  for (const path of question.paths)
    for (const note of (await findNotes(reader, { path })).reverse()) found.set(note.id, note);
  for (const note of await notesWithWords(reader, wordsIn(question.text))) found.set(note.id, note);
  return [...found.values()].slice(0, MOST_NOTES);
}

async function notesWithWords(reader: Reader, words: readonly string[]): Promise<Note[]> {
  const hits = new Map<string, { note: Note; words: number; rank: number }>();
  for (const word of words) {
    for (const [rank, note] of (await searchNotes(reader, word, MOST_WITH_WORD)).entries()) {
      const hit = hits.get(note.id) ?? { note, words: 0, rank: 0 };
      hits.set(note.id, { note, words: hit.words + 1, rank: hit.rank + rank });
    }
  }
  return [...hits.values()]
    .filter((hit) => hit.words * 2 >= words.length)
    .sort((one, other) => other.words - one.words || one.rank - other.rank || other.note.seq - one.note.seq)
    .map(({ note }) => note);
}

/** The words of a question without those that only make it one: with them almost any note would fit. */
function wordsIn(text: string): string[] {
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{N}_.\/-]*/gu) ?? [];
  const telling = words
    .map((word) => word.replace(/[.\/-]+$/, ''))
    .filter((word) => word.length > 1 && !OF_QUESTIONS.has(word.toLowerCase()));
  return [...new Set(telling)].slice(0, MOST_WORDS);
}

const OF_QUESTIONS: ReadonlySet<string> = new Set(
  `a about all already an and any anybody anyone are as at be been but by can could did do does doing done for from get
  had has have here how if in into is it its know let like may me might must my need no not of on or our please say shall
  should so some somebody someone tell than that the their them then there these they this those to up us use used uses
  using was we were what when where whether which who whom whose why will with would yes you your`.split(
    /\s+/,
  ),
);
