import { assert, CallsheetError, usageError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import type { Transaction } from '../store/index.js';
import { findNote, getValue } from './find.js';
import type { Anchors, NewNote, Note } from './note.js';
import { insertNote, supersedeNote } from './note.sql.js';
import { plainKey, plainNote } from './plain-note.js';
import { standingBeside, standsAgainst } from './standing.js';

/**
 * Adds a note to the shared context.
 * @throws {CallsheetError} `NOTE_TOO_LONG`, `NOTE_INVALID`, `NOTE_UNKNOWN` (usage) of one to supersede that does not
 * exist, `NOTE_SUPERSEDED` when another has taken its place, `NOTE_VALUE_EXISTS` for a named state that has a value,
 * `NOTE_STANDS` for a decision or constraint beside another that it neither supersedes nor is to be kept with.
 */
export async function addNote(tx: Transaction, wanted: NewNote): Promise<Note> {
  const note = plainNote(wanted);
  const old = note.supersedes === undefined ? undefined : await requireCurrent(tx, note.supersedes);
  if (note.kind === 'state' && note.key !== undefined) await requireFreeKey(tx, note.key, old);
  const beside = await standingBeside(tx, note);
  if (beside.length > 0 && note.keepBoth !== true) throw standsAgainst(note, beside);
  const id = await tx.nextId('note');
  if (old !== undefined) await tx.run(supersedeNote(old.id, id));
  await tx.run(
    insertNote({
      id,
      kind: note.kind,
      key: note.key ?? null,
      text: note.text,
      tags: JSON.stringify(note.tags),
      files: JSON.stringify(note.files),
      anchors: JSON.stringify(note.anchors ?? {}),
      taskId: note.taskId ?? null,
      runId: note.runId ?? null,
      agentId: note.agentId ?? null,
      supersedes: old?.id ?? null,
      nowMs: tx.now,
    }),
  );
  const added = await findNote(tx, id);
  assert(added !== undefined, `note ${id} is in the sheet`);
  await tellAdded(tx, added, beside);
  return added;
}

export type ValueContext = Omit<NewNote, 'kind' | 'key' | 'text' | 'supersedes'>;

/**
 * Sets a named value of the sheet; the earlier one is kept as superseded. The same text again changes nothing, but for
 * files that it is now said of as they are.
 */
export async function setValue(
  tx: Transaction,
  key: string,
  text: string,
  context: ValueContext = {},
): Promise<Note> {
  const note: NewNote = { ...context, kind: 'state', key: plainKey(key), text };
  const current = await getValue(tx, key);
  if (current === undefined) return addNote(tx, note);
  const isSame = current.text === plainNote(note).text && isAnchored(current, note.anchors ?? {});
  return isSame ? current : addNote(tx, { ...note, supersedes: current.id });
}

function isAnchored({ anchors }: Note, wanted: Anchors): boolean {
  return Object.entries(wanted).every(([path, hash]) => anchors[path] === hash);
}

async function requireCurrent(tx: Transaction, id: string): Promise<Note> {
  const note = await findNote(tx, id);
  if (note === undefined)
    throw usageError(
      'NOTE_UNKNOWN',
      `There is no note “${id}” in this sheet. Nothing was noted.`,
      'See the notes: callsheet note list',
    );
  if (note.supersededBy === undefined) return note;
  throw new CallsheetError(
    'NOTE_SUPERSEDED',
    `${note.id} was superseded by ${note.supersededBy} already. Nothing was noted.`,
    {
      hint: `Read it first: callsheet note show ${note.supersededBy}`,
      data: { note: note.id, supersededBy: note.supersededBy },
    },
  );
}

async function requireFreeKey(tx: Transaction, key: string, old: Note | undefined): Promise<void> {
  const current = await getValue(tx, key);
  if (current === undefined || current.id === old?.id) return;
  throw new CallsheetError(
    'NOTE_VALUE_EXISTS',
    `${key} has a value already (${current.id}). Nothing was noted.`,
    {
      hint: `Replace it: callsheet note set ${key} TEXT`,
      data: { key, note: current.id },
    },
  );
}

async function tellAdded(tx: Transaction, note: Note, beside: readonly Note[]): Promise<void> {
  await appendEvent(tx, {
    type: 'note.added',
    ...(note.runId === undefined ? {} : { runId: note.runId }),
    ...(note.taskId === undefined ? {} : { taskId: note.taskId }),
    ...(note.agentId === undefined ? {} : { agentId: note.agentId }),
    data: {
      note,
      paths: note.files,
      ...(beside.length === 0 ? {} : { keptBeside: beside.map(({ id }) => id) }),
    },
  });
}
