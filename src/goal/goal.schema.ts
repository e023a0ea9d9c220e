/** Goal and approach of the sheet, as those of a run's plan are kept; for SQLite. */
export const goalSchema = `
create table goal_revision (
  number     integer primary key,
  reason     text not null,
  goal       text,
  approach   text,
  created_ms integer not null,
  created_by text
) strict;
create trigger goal_is_revised before update on goal_revision
  begin select raise(abort, 'a goal is revised, not edited'); end;
create trigger goal_is_kept before delete on goal_revision
  begin select raise(abort, 'a goal is revised, not removed'); end;

create view goals as
  select number, goal, approach, reason, created_by as agent,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created
    from goal_revision order by number;
`;
