import { staleRemark, type Note } from '../../note/index.js';
import { defined } from '../../store/index.js';
import { oneLine, plainText, quoted, tableOf, shownNames } from '../../text/index.js';
import { namesOf } from '../names.js';
import type { Context } from '../operation.js';
import { iso } from '../time.js';
import { staleIn } from './anchors.js';

/** A note as every face shows it. `stale` are the files that it is about and that have changed since. */
function noteDocument(note: Note, names: ReadonlyMap<string, string>, stale: readonly string[]) {
  const { seq: _seq, anchors: _anchors, taskId, runId, agentId, createdAt, ...rest } = note;
  const agent = agentId === undefined ? undefined : (names.get(agentId) ?? agentId);
  return defined({ ...rest, stale, task: taskId, run: runId, agent, at: iso(createdAt) });
}

export type NoteDocument = ReturnType<typeof noteDocument>;

/** Notes as every face shows them, held against the caller's checkout. */
export async function noteDocuments(sheet: Context['sheet'], notes: readonly Note[]) {
  const stale = await staleIn(sheet.root, notes);
  const names = await namesOf(
    sheet.store,
    notes.map(({ agentId }) => agentId),
  );
  return notes.map((note) => noteDocument(note, names, stale.get(note.id) ?? []));
}

/** One note, as {@link noteDocuments} has it. */
export async function oneNoteDocument(sheet: Context['sheet'], note: Note): Promise<NoteDocument> {
  const stale = await staleIn(sheet.root, [note]);
  return noteDocument(note, await namesOf(sheet.store, [note.agentId]), stale.get(note.id) ?? []);
}

export function showNote(note: NoteDocument): string {
  const facts: [string, string][] = [
    ['  by', note.agent ?? ''],
    ['  at', note.at],
    ['  key', note.key ?? ''],
    ['  tags', note.tags.join(', ')],
    ['  files', shownNames(note.files)],
    ['  task', note.task ?? ''],
    ['  supersedes', note.supersedes ?? ''],
    ['  superseded by', note.supersededBy ?? ''],
  ];
  const shown = tableOf(facts.filter(([, value]) => value !== ''));
  const remark = staleRemark(note.stale);
  return [
    `${note.id} ${note.kind}`,
    shown,
    ...(remark === '' ? [] : [`  ${remark}`]),
    quoted(plainText(note.text)),
  ].join('\n');
}

export function showNotes({ notes }: { notes: readonly NoteDocument[] }): string {
  if (notes.length === 0) return 'No notes.';
  const rows = notes.map((note) => [
    note.id,
    note.kind,
    note.agent ?? '',
    note.key ?? shownNames(note.files, 5),
    oneLine(plainText(note.text), 100),
    staleRemark(note.stale),
  ]);
  return tableOf([['NOTE', 'KIND', 'AGENT', 'ABOUT', 'TEXT', ''], ...rows]);
}
