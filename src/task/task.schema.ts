import { among } from '../store/index.js';

const stage = (row: 'old' | 'new'): string =>
  `case when ${among(`${row}.state`, 'waiting', 'done', 'failed', 'cancelled')} then ${row}.state else 'open' end`;

const count = (row: 'old' | 'new'): string => `
  insert into task_count (run_id, stage, is_group, tasks)
  values (coalesce(${row}.run_id, ''), ${stage(row)}, ${row}.is_group, 1)
  on conflict (run_id, stage, is_group) do update set tasks = tasks + 1;`;

const discount = (row: 'old' | 'new'): string => `
  update task_count set tasks = tasks - 1
   where run_id = coalesce(${row}.run_id, '') and stage = ${stage(row)} and is_group = ${row}.is_group;`;

/** Tables of tasks, their dependencies and attempts, for SQLite. */
export const taskSchema = `
create table task (
  seq               integer primary key,
  id                text not null unique collate nocase,
  run_id            text,
  plan_key          text,
  title             text not null,
  spec              text not null,
  kind              text not null check (${among('kind', 'implement', 'fix', 'research', 'review', 'verify', 'synthesis')}),
  state             text not null check (${among('state', 'waiting', 'ready', 'running', 'paused', 'blocked', 'review', 'landing', 'done', 'failed', 'cancelled')}),
  priority          integer not null default 5 check (priority between 1 and 10),
  files             text not null default '[]' check (json_valid(files)),
  exclusive         integer not null default 0 check (exclusive in (0, 1)),
  resources         text not null default '[]' check (json_valid(resources)),
  speciality        text,
  assignee          text,
  model             text,
  parent_id         text,
  is_group          integer not null default 0 check (is_group in (0, 1)),
  gate              text,
  timeout_ms        integer,
  output_schema     text check (output_schema is null or json_valid(output_schema)),
  attempt           integer not null default 0,
  failures          integer not null default 0,
  max_attempts      integer not null default 3,
  estimate_ms       integer,
  path_ms           integer not null default 0,
  run_after_ms      integer not null default 0,
  open_dependencies integer not null default 0 check (open_dependencies >= 0),
  claimed_by        text,
  lease_expires_ms  integer,
  lease_ms          integer,
  reason            text,
  result            text check (result is null or json_valid(result)),
  landed_as         text,
  created_ms        integer not null,
  started_ms        integer,
  ended_ms          integer,
  created_by        text,
  check ((claimed_by is not null) = (${among('state', 'running', 'paused', 'blocked', 'review', 'landing')})),
  check ((lease_expires_ms is not null) = (claimed_by is not null)),
  check (state <> 'waiting' or open_dependencies > 0 or is_group = 1),
  check (state <> 'ready' or open_dependencies = 0)
) strict;

-- What is ready is found by these, never by a scan: the engine's order, and that of claims by hand.
create index task_ready_in_run on task (run_id, path_ms desc, priority, seq) where state = 'ready' and run_id is not null;
create index task_ready_by_hand on task (priority, seq) where state = 'ready' and run_id is null and assignee is null;
create index task_ready_of_speciality on task (speciality, priority, seq)
  where state = 'ready' and run_id is null and assignee is null and speciality is not null;
create index task_ready_for_one on task (assignee, priority, seq) where state = 'ready' and run_id is null and assignee is not null;
create index task_by_parent on task (parent_id) where parent_id is not null;
-- What is held: only as many as are worked on, whatever the sheet holds besides. Leases that have run out are looked for
-- among them, so that a sign of life changes no index.
create index task_by_holder on task (claimed_by) where claimed_by is not null;
-- All tasks of a run, in their order: nothing that happens to them changes it.
create index task_in_run on task (run_id, seq) where run_id is not null;
-- The tasks that nobody holds of a run, or of none, state by state in their order. It does not begin with the state: without
-- statistics SQLite would take it for every question that names one.
create index task_by_state on task (run_id, state, seq) where claimed_by is null;

create trigger task_moves before update of state on task
when old.state <> new.state and not (
     (old.state = 'waiting'   and ${among('new.state', 'ready', 'done', 'cancelled')})
  or (old.state = 'ready'     and ${among('new.state', 'running', 'waiting', 'done', 'cancelled')})
  or (old.state = 'running'   and ${among('new.state', 'ready', 'paused', 'blocked', 'review', 'landing', 'done', 'failed', 'cancelled')})
  or (old.state = 'paused'    and ${among('new.state', 'running', 'ready', 'failed', 'cancelled')})
  or (old.state = 'blocked'   and ${among('new.state', 'running', 'ready', 'failed', 'cancelled')})
  or (old.state = 'review'    and ${among('new.state', 'running', 'ready', 'landing', 'done', 'failed', 'cancelled')})
  or (old.state = 'landing'   and ${among('new.state', 'ready', 'done', 'failed', 'cancelled')})
  or (old.state = 'done'      and new.state in ('ready', 'waiting'))
  or (old.state = 'failed'    and ${among('new.state', 'ready', 'waiting', 'cancelled')})
  or (old.state = 'cancelled' and new.state in ('ready', 'waiting'))
) begin select raise(abort, 'not a legal move of a task'); end;

-- How many tasks are in each stage; run_id is empty for those of no run. Counting them would take longer than all else
-- that shows how work stands. What is ready or held is one stage, so that a claim writes nothing here: held are only as
-- many tasks as are worked on, and those are counted when it is asked.
create table task_count (
  run_id   text not null,
  stage    text not null check (${among('stage', 'waiting', 'open', 'done', 'failed', 'cancelled')}),
  is_group integer not null,
  tasks    integer not null check (tasks >= 0),
  primary key (run_id, stage, is_group)
) strict, without rowid;

create trigger task_is_counted after insert on task
begin
  ${count('new')}
end;
create trigger task_is_counted_anew after update of state, run_id, is_group on task
when ${stage('old')} <> ${stage('new')} or old.run_id is not new.run_id or old.is_group <> new.is_group
begin
  ${discount('old')}
  ${count('new')}
end;
create trigger task_is_counted_off after delete on task
begin
  ${discount('old')}
end;

create table task_dependency (
  task_id  text not null references task (id),
  needs_id text not null references task (id),
  primary key (task_id, needs_id),
  check (task_id <> needs_id)
) strict, without rowid;
create index task_dependents on task_dependency (needs_id);

create table task_attempt (
  task_id       text not null references task (id),
  attempt       integer not null,
  agent_id      text not null,
  started_ms    integer not null,
  ended_ms      integer,
  outcome       text check (${among('outcome', 'completed', 'landed', 'failed', 'conflicted', 'released', 'interrupted', 'lapsed', 'cancelled')}),
  reason        text,
  base_commit   text,
  branch        text,
  workspace     text,
  head_commit   text,
  output_tail   text,
  resume_handle text,
  input_tokens  integer not null default 0,
  output_tokens integer not null default 0,
  cost_usd      real not null default 0,
  model         text,
  primary key (task_id, attempt),
  check ((ended_ms is null) = (outcome is null))
) strict, without rowid;

create view tasks as
  select id, run_id as run, title, kind, state, priority, claimed_by as agent, attempt, failures, max_attempts, reason,
         files, json_extract(result, '$.summary') as summary, landed_as, open_dependencies,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') as started,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended,
         strftime('%Y-%m-%dT%H:%M:%fZ', lease_expires_ms / 1000.0, 'unixepoch') as lease_expires
    from task order by seq;

create view attempts as
  select task_id as task, attempt, agent_id as agent, outcome, reason, branch, workspace, base_commit, head_commit,
         strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') as started,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended,
         input_tokens, output_tokens, cost_usd, model
    from task_attempt;
`;

/** What a task reviews, and what each attempt came to, for SQLite. */
export const taskReviewSchema = `
alter table task add column reviews text references task (id);
create index task_by_reviewed on task (reviews) where reviews is not null;
alter table task_attempt add column result text check (result is null or json_valid(result));

drop view tasks;
create view tasks as
  select id, run_id as run, title, kind, state, priority, claimed_by as agent, attempt, failures, max_attempts, reason,
         files, json_extract(result, '$.summary') as summary, landed_as, reviews, open_dependencies,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') as started,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended,
         strftime('%Y-%m-%dT%H:%M:%fZ', lease_expires_ms / 1000.0, 'unixepoch') as lease_expires
    from task order by seq;

drop view attempts;
create view attempts as
  select task_id as task, attempt, agent_id as agent, outcome, reason, json_extract(result, '$.summary') as summary,
         branch, workspace, base_commit, head_commit,
         strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') as started,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended,
         input_tokens, output_tokens, cost_usd, model
    from task_attempt;
`;
