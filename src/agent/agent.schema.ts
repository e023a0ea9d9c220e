import { among } from '../store/index.js';

/** Names that agents had before: each still means that agent, and nobody else gets it. */
export const formerNameSchema = `
create table former_name (
  name     text primary key collate nocase,
  agent_id text not null references agent (id)
) strict, without rowid;
`;

export const agentSchema = `
create table agent (
  id             text primary key,
  name           text not null unique collate nocase,
  role           text not null check (${among('role', 'human', 'supervisor', 'worker', 'reviewer')}),
  speciality     text,
  driver         text not null,
  model          text,
  run_id         text,
  token_hash     text,
  pid            integer,
  pid_started_at text,
  last_sign_ms   integer not null,
  created_ms     integer not null,
  ended_ms       integer,
  client_session text,
  parent_id      text references agent (id)
) strict;
create unique index agent_by_token on agent (token_hash) where token_hash is not null;
create index agent_live_process on agent (pid) where pid is not null and ended_ms is null;
create unique index agent_by_client_session on agent (client_session) where client_session is not null;
create index agent_live on agent (role, name) where ended_ms is null;

create view agents as
  select id, name, role, speciality, driver, model, run_id as run, pid,
         strftime('%Y-%m-%dT%H:%M:%fZ', last_sign_ms / 1000.0, 'unixepoch') as last_sign,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended
    from agent;
`;

/** Who is handed tasks, and who waits for them. */
export const followingSchema = `
alter table agent add column follows integer not null default 0 check (follows in (0, 1));
alter table agent add column idle_since_ms integer;
alter table agent add column waiter text;
drop view agents;
create view agents as
  select id, name, role, speciality, driver, model, run_id as run, pid, follows,
         strftime('%Y-%m-%dT%H:%M:%fZ', idle_since_ms / 1000.0, 'unixepoch') as idle_since,
         strftime('%Y-%m-%dT%H:%M:%fZ', last_sign_ms / 1000.0, 'unixepoch') as last_sign,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended
    from agent;
`;

/** The subagents of a session are found without looking at all that ever were. */
export const subagentSchema = `
create index agent_by_parent on agent (parent_id) where parent_id is not null;
`;
