import { empty, join, limitedTo, sql, type Sql } from '../store/index.js';

export interface NoteColumns {
  id: string;
  kind: string;
  key: string | null;
  text: string;
  tags: string;
  files: string;
  anchors: string;
  taskId: string | null;
  runId: string | null;
  agentId: string | null;
  supersedes: string | null;
  nowMs: number;
}

export const insertNote = (note: NoteColumns): Sql => sql`
  insert into note (id, kind, key, text, tags, files, anchors, task_id, run_id, agent_id, supersedes, created_ms)
  values (${note.id}, ${note.kind}, ${note.key}, ${note.text}, ${note.tags}, ${note.files}, ${note.anchors},
          ${note.taskId}, ${note.runId}, ${note.agentId}, ${note.supersedes}, ${note.nowMs})`;

export const supersedeNote = (id: string, by: string): Sql => sql`
  update note set superseded_by = ${by} where id = (select ${id}) and superseded_by is null`;

export const selectNote = (id: string): Sql => sql`select * from note where id = (select ${id})`;

export const selectNotes = (conditions: Sql[]): Sql => sql`
  select * from note where ${join([sql`true`, ...conditions], ' and ')} order by seq`;

export const selectValue = (key: string): Sql => sql`
  select * from note where key = (select ${key}) and kind = 'state' and superseded_by is null`;

/** What binds those who work in a run, or (without one) anybody: in the words of the index of standing notes. */
export const selectStanding = (runId: string | undefined): Sql => sql`
  select * from note
   where superseded_by is null and kind in ('decision', 'contract', 'constraint')
     ${runId === undefined ? empty : sql`and (run_id is null or run_id = ${runId})`}
   order by seq`;

/** What fits best comes first; a word in the key weighs four times one in the text, in a tag twice. */
export const searchNote = (query: string, limit: number): Sql => sql`
  select note.* from note_fts join note on note.seq = note_fts.rowid
   where note_fts match ${query} and superseded_by is null
   order by bm25(note_fts, 4.0, 1.0, 2.0), note.seq desc ${limitedTo(limit)}`;
