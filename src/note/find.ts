import { sql, type Reader, type Row, type Sql } from '../store/index.js';
import { pathsOverlap } from '../text/index.js';
import type { Note, NoteKind } from './note.js';
import { searchNote, selectNote, selectNotes, selectValue } from './note.sql.js';
import { plainKey } from './plain-note.js';
import { toNote } from './row.js';

export interface NoteFilter {
  kind?: NoteKind;
  tag?: string;
  taskId?: string;
  runId?: string;
  /** Of this run, or of no run: what those who work in it go by. */
  ofRun?: string;
  /** Notes about files that this path, folder or glob overlaps. */
  path?: string;
  key?: string;
  includeSuperseded?: boolean;
}

/** Notes in the order of writing; those that others have superseded are left out. */
export async function findNotes(reader: Reader, filter: NoteFilter = {}): Promise<Note[]> {
  const notes = (await reader.all(selectNotes(conditionsOf(filter)))).map(toNote);
  const { path } = filter;
  return path === undefined
    ? notes
    : notes.filter((note) => note.files.some((file) => pathsOverlap(file, path)));
}

function conditionsOf(filter: NoteFilter): Sql[] {
  const conditions: Sql[] = [];
  if (filter.includeSuperseded !== true) conditions.push(sql`superseded_by is null`);
  if (filter.kind !== undefined) conditions.push(sql`kind = ${filter.kind}`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = (select ${filter.taskId})`);
  if (filter.runId !== undefined) conditions.push(sql`run_id = (select ${filter.runId})`);
  if (filter.ofRun !== undefined) conditions.push(sql`(run_id = ${filter.ofRun} or run_id is null)`);
  if (filter.key !== undefined) conditions.push(sql`key = ${filter.key}`);
  if (filter.path !== undefined) conditions.push(sql`files <> '[]'`);
  if (filter.tag !== undefined) {
    conditions.push(
      sql`exists (select 1 from json_each(note.tags) where value = ${filter.tag.toLowerCase()})`,
    );
  }
  return conditions;
}

export async function findNote(reader: Reader, id: string): Promise<Note | undefined> {
  return optionalNote(await reader.get(selectNote(id)));
}

/** The current value of a name. */
export async function getValue(reader: Reader, key: string): Promise<Note | undefined> {
  return optionalNote(await reader.get(selectValue(plainKey(key))));
}

const MOST_WORDS = 32;

/**
 * The current notes that say something, what fits best first: those with all words, or when there is none, those with
 * any. The text is words to look for and nothing else. Text without a letter or digit finds nothing.
 */
export async function searchNotes(reader: Reader, text: string, limit = 20): Promise<Note[]> {
  const words = wordsOf(text);
  if (words.length === 0 || limit < 1) return [];
  const withAll = await reader.all(searchNote(words.join(' '), limit));
  const rows = withAll.length > 0 ? withAll : await reader.all(searchNote(words.join(' OR '), limit));
  return rows.map(toNote);
}

/** Each word as a string of the full-text language, in which nothing but a quote has a meaning. */
function wordsOf(text: string): string[] {
  const words = text.split(/[\s\0]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.slice(0, MOST_WORDS).map((word) => `"${word.toWellFormed().replaceAll('"', '""')}"`);
}

function optionalNote(row: Row | undefined): Note | undefined {
  return row === undefined ? undefined : toNote(row);
}
