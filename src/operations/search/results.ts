import type { Reader } from '../../store/index.js';
import { findTasks, type Task } from '../../task/index.js';
import { boundedMiddle, oneLine, plainText } from '../../text/index.js';
import { optionalIso } from '../time.js';

/** So many of the newest tasks are looked through. */
const MOST_TASKS = 500;
const MOST_FOUND = 5;
const MOST_WORDS = 32;
const LONGEST_SUMMARY = 600;
// Shorter ones say nothing where any word will do.
const LEAST_WORD = 3;

/** What finished tasks said: those with all words of a text, or when there is none, those with most of them. */
export async function resultsAbout(reader: Reader, text: string) {
  const words = [...new Set(wordsOf(text))].slice(0, MOST_WORDS);
  if (words.length === 0) return [];
  const tasks = await findTasks(reader, { hasResult: true }, { limit: MOST_TASKS, newest: true });
  const found = tasks.map((task) => ({ task, fit: fitOf(task, words) })).filter(({ fit }) => fit > 0);
  const whole = found.filter(({ fit }) => fit === words.length);
  const best = whole.length > 0 ? whole : found.sort((one, other) => other.fit - one.fit);
  return best.slice(0, MOST_FOUND).map(({ task }) => documentOf(task));
}

function fitOf({ title, result }: Task, words: readonly string[]): number {
  const said = [title, result?.summary, ...(result?.findings ?? []), ...(result?.files ?? [])].join('\n');
  const text = plain(said);
  const has = words.filter((word) => text.includes(word));
  return has.length === words.length ? words.length : has.filter((word) => word.length >= LEAST_WORD).length;
}

function documentOf({ id, title, state, result, endedAt }: Task) {
  return {
    ...{ task: id, title: oneLine(plainText(title), 200), state, at: optionalIso(endedAt) ?? null },
    summary: boundedMiddle(plainText(result?.summary ?? ''), LONGEST_SUMMARY),
    findings: (result?.findings ?? []).slice(0, 5).map((each) => oneLine(plainText(each), 300)),
    files: (result?.files ?? []).slice(0, 20),
  };
}

export type FoundResult = ReturnType<typeof documentOf>;

function wordsOf(text: string): string[] {
  return plain(text)
    .split(/[^\p{L}\p{N}_./-]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
}

/** Without case and accents, as notes are searched. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
