import { among } from '../store/index.js';

export const runSchema = `
create table run (
  seq                   integer primary key,
  id                    text not null unique,
  goal                  text,
  approach              text,
  state                 text not null check (${among('state', 'running', 'stopped', 'waiting', 'failed', 'finished')}),
  reason                text,
  base_commit           text not null,
  base_branch           text not null,
  options               text not null check (json_valid(options)),
  base_gate             text not null check (${among('base_gate', 'none', 'green', 'red', 'flaky')}),
  epoch                 integer not null default 0,
  engine_pid            integer,
  engine_pid_started_at text,
  landed_into           text,
  created_ms            integer not null,
  ended_ms              integer
) strict;

create trigger run_moves before update of state on run
when old.state <> new.state and not (
     (old.state = 'running' and ${among('new.state', 'stopped', 'waiting', 'failed', 'finished')})
  or (${among('old.state', 'stopped', 'waiting', 'failed', 'finished')} and new.state = 'running')
) begin select raise(abort, 'not a legal move of a run'); end;

create table plan_revision (
  run_id     text not null references run (id),
  number     integer not null,
  reason     text not null,
  goal       text,
  approach   text,
  tasks      text not null check (json_valid(tasks)),
  created_ms integer not null,
  created_by text,
  primary key (run_id, number)
) strict, without rowid;

-- Commands of a plan or configuration that a person has agreed to, by the hash of their text.
create table consent (
  hash       text primary key,
  what       text not null,
  given_by   text not null,
  created_ms integer not null
) strict, without rowid;

create view runs as
  select id, goal, approach, state, reason, base_branch, base_commit, base_gate, engine_pid, landed_into,
         (select max(number) from plan_revision where run_id = run.id) as plan_revision,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended
    from run;
`;
