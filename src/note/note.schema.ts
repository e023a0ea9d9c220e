import { among } from '../store/index.js';

/** Tables of notes and their full-text index, for SQLite. */
export const noteSchema = `
create table note (
  seq           integer primary key,
  id            text not null unique collate nocase,
  kind          text not null check (${among('kind', 'decision', 'contract', 'constraint', 'discovery', 'state', 'artifact')}),
  key           text,
  text          text not null check (length(text) <= 8000),
  tags          text not null check (json_valid(tags)),
  files         text not null check (json_valid(files)),
  task_id       text,
  run_id        text,
  agent_id      text,
  supersedes    text,
  superseded_by text,
  created_ms    integer not null,
  check (id is not supersedes and id is not superseded_by)
) strict;
-- A named value has one current entry.
create unique index note_value on note (key) where kind = 'state' and key is not null and superseded_by is null;
create index note_by_task on note (task_id, seq) where task_id is not null;
create index note_by_run on note (run_id, seq) where run_id is not null;

create trigger note_is_kept before delete on note
  begin select raise(abort, 'notes are superseded, not removed'); end;
create trigger note_is_superseded_once before update of superseded_by on note when old.superseded_by is not null
  begin select raise(abort, 'the note has been superseded already'); end;

-- porter: "locks" finds "lock". The text itself stays in the table.
create virtual table note_fts using fts5 (
  key, text, tags, content = 'note', content_rowid = 'seq', tokenize = 'porter unicode61 remove_diacritics 2'
);
create trigger note_indexed after insert on note
  begin insert into note_fts (rowid, key, text, tags) values (new.seq, new.key, new.text, new.tags); end;
create trigger note_indexed_anew after update of key, text, tags on note
  begin
    insert into note_fts (note_fts, rowid, key, text, tags) values ('delete', old.seq, old.key, old.text, old.tags);
    insert into note_fts (rowid, key, text, tags) values (new.seq, new.key, new.text, new.tags);
  end;

create view notes as
  select id, kind, key, text, tags, files, task_id as task, run_id as run, agent_id as agent, supersedes, superseded_by,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created
    from note order by seq;
`;

/** What the files of a note held when it was written, for SQLite. */
export const noteAnchorSchema = `
alter table note add column anchors text not null default '{}' check (json_valid(anchors));
-- What a new decision is held against.
create index note_standing on note (seq)
 where superseded_by is null and kind in ('decision', 'contract', 'constraint');
`;
