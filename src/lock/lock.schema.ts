import { among } from '../store/index.js';

/** Tables of locks, what they are on, and the capacity of resources, for SQLite. */
export const lockSchema = `
create table lock (
  seq        integer primary key,
  id         text not null unique,
  state      text not null check (${among('state', 'held', 'queued', 'released', 'expired')}),
  agent_id   text not null,
  task_id    text,
  attempt    integer,
  run_id     text,
  reason     text,
  by_hand    integer not null check (by_hand in (0, 1)),
  ttl_ms     integer not null check (ttl_ms > 0),
  created_ms integer not null,
  granted_ms integer,
  expires_ms integer not null,
  ended_ms   integer,
  check (state <> 'held' or granted_ms is not null),
  check (state <> 'queued' or granted_ms is null),
  check ((ended_ms is not null) = (state in ('released', 'expired'))),
  check ((task_id is null) = (attempt is null))
) strict;
create index lock_open on lock (expires_ms) where ended_ms is null;
create index lock_open_of_agent on lock (agent_id, seq) where ended_ms is null;
create index lock_open_of_task on lock (task_id, attempt) where ended_ms is null and task_id is not null;

create trigger lock_moves before update of state on lock
when old.state <> new.state and not (
     (old.state = 'queued' and ${among('new.state', 'held', 'released', 'expired')})
  or (old.state = 'held'   and new.state in ('released', 'expired'))
) begin select raise(abort, 'not a legal move of a lock'); end;

-- live: the lock is held or queued and has not let go of this target. Only live ones are in the indexes, so that
-- the history of a long run costs a request nothing. base: the folder or file that all paths of the pattern lie in.
create table lock_target (
  lock_id  text not null references lock (id),
  position integer not null,
  kind     text not null check (kind in ('path', 'resource')),
  value    text not null,
  base     text check ((base is not null) = (kind = 'path')),
  live     integer not null default 1 check (live in (0, 1)),
  primary key (lock_id, position)
) strict, without rowid;
create index lock_live_path on lock_target (base) where live = 1 and kind = 'path';
create index lock_live_resource on lock_target (value) where live = 1 and kind = 'resource';

create trigger lock_ends after update of state on lock
when new.state in ('released', 'expired')
begin update lock_target set live = 0 where lock_id = new.id and live = 1; end;

create table resource (
  name     text primary key,
  capacity integer not null check (capacity > 0)
) strict, without rowid;

create view locks as
  select id, state, agent_id as agent,
         (select group_concat(value, ', ') from lock_target where lock_id = lock.id) as targets,
         task_id as task, attempt, run_id as run, reason, by_hand,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', granted_ms / 1000.0, 'unixepoch') as granted,
         strftime('%Y-%m-%dT%H:%M:%fZ', expires_ms / 1000.0, 'unixepoch') as expires,
         strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') as ended
    from lock order by seq;
`;
