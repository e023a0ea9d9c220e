import type { Note } from '../../note/index.js';
import { defined } from '../../store/index.js';
import { oneLine, plainText, quoted, tableOf, shownNames } from '../../text/index.js';
import { iso } from '../time.js';

/** A note as every face shows it. */
export function noteDocument(note: Note, names: ReadonlyMap<string, string>) {
  const { seq: _seq, taskId, runId, agentId, createdAt, ...rest } = note;
  const agent = agentId === undefined ? undefined : (names.get(agentId) ?? agentId);
  return defined({ ...rest, task: taskId, run: runId, agent, at: iso(createdAt) });
}

export type NoteDocument = ReturnType<typeof noteDocument>;

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
  return [`${note.id} ${note.kind}`, shown, quoted(plainText(note.text))].join('\n');
}

export function showNotes({ notes }: { notes: readonly NoteDocument[] }): string {
  if (notes.length === 0) return 'No notes.';
  const rows = notes.map((note) => [
    note.id,
    note.kind,
    note.agent ?? '',
    note.key ?? shownNames(note.files, 5),
    oneLine(plainText(note.text), 100),
  ]);
  return tableOf([['NOTE', 'KIND', 'AGENT', 'ABOUT', 'TEXT'], ...rows]);
}
