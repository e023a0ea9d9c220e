export const workspaceSchema = `
create table workspace (
  path             text primary key,
  run_id           text not null,
  kind             text not null check (kind in ('worker', 'gate')),
  task_id          text,
  attempt          integer,
  slot             integer not null unique,
  prepared         text,
  kept             text,
  owner_pid        integer,
  owner_started_at text,
  created_ms       integer not null,
  check ((kind = 'worker') = (task_id is not null and attempt is not null))
) strict;
create index workspace_by_run on workspace (run_id);

create view workspaces as
  select path, run_id as run, kind, task_id as task, attempt, slot, kept,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created
    from workspace;
`;
