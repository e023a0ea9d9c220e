import { among } from '../store/index.js';

export const landingSchema = `
create table landing (
  seq          integer primary key,
  id           text not null unique,
  run_id       text,
  task_id      text,
  attempt      integer,
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
  -- Of a session: its branch, the branch that it goes onto, and the process that lands it.
  branch       text,
  into_branch  text,
  agent_id     text,
  owner_pid    integer,
  owner_started_at text,
  check ((run_id is null) = (into_branch is not null)),
  check (run_id is null or task_id is not null),
  check ((task_id is null) = (attempt is null)),
  check (into_branch is null or (branch is not null and agent_id is not null and owner_pid is not null and owner_started_at is not null)),
  check (state not in ('intended', 'landed') or (expected_old is not null and commit_id is not null)),
  check ((ended_ms is null) = (state in ('queued', 'intended')))
) strict;
create index landing_open on landing (run_id, queued_ms) where state in ('queued', 'intended');
create index landing_landed on landing (run_id, ended_ms) where state = 'landed';
-- An attempt of a run lands once; a session may try again with the attempt that it holds.
create unique index landing_of_attempt on landing (task_id, attempt) where run_id is not null;
create index landing_by_task on landing (task_id, attempt);
create index landing_into_open on landing (into_branch, seq) where into_branch is not null and state in ('queued', 'intended');
create index landing_into_landed on landing (into_branch, seq) where into_branch is not null and state = 'landed';

create view landings as
  select id, run_id as run, task_id as task, attempt, branch, into_branch, state, commit_id as "commit", paths, premises,
         evidence_id as gate, reason,
         strftime('%Y-%m-%dT%H:%M:%fZ', queued_ms / 1000.0, 'unixepoch') as queued,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended
    from landing;
`;
