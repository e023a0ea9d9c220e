import { among } from '../store/index.js';

export const landingSchema = `
create table landing (
  seq          integer primary key,
  id           text not null unique,
  run_id       text not null,
  task_id      text not null,
  attempt      integer not null,
  state        text not null check (${among('state', 'queued', 'intended', 'landed', 'conflicted', 'rejected', 'withdrawn')}),
  head_commit  text not null,
  base_commit  text not null,
  paths        text not null check (json_valid(paths)),
  expected_old text,
  commit_id    text,
  tree         text,
  evidence_id  text,
  premises     text not null default '[]' check (json_valid(premises)),
  reason       text,
  queued_ms    integer not null,
  ended_ms     integer,
  unique (task_id, attempt),
  check (state not in ('intended', 'landed') or (expected_old is not null and commit_id is not null)),
  check ((ended_ms is null) = (state in ('queued', 'intended')))
) strict;
create index landing_open on landing (run_id, queued_ms) where state in ('queued', 'intended');
create index landing_landed on landing (run_id, ended_ms) where state = 'landed';

create view landings as
  select id, run_id as run, task_id as task, attempt, state, commit_id as "commit", paths, premises, evidence_id as gate, reason,
         strftime('%Y-%m-%dT%H:%M:%fZ', queued_ms / 1000.0, 'unixepoch') as queued,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended
    from landing;
`;
