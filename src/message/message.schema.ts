import { among } from '../store/index.js';

/** Tables of messages and of what became of each with its recipients, for SQLite. */
export const messageSchema = `
create table message (
  seq        integer primary key,
  id         text not null unique collate nocase,
  type       text not null check (${among('type', 'TASK_ASSIGN', 'PROGRESS', 'BLOCKER', 'ARTIFACT', 'QUERY', 'CONFLICT', 'REVIEW_REQUEST', 'REVIEW_RESULT', 'REPLAN', 'CHECKPOINT', 'QUESTION', 'ANSWER', 'INSTRUCTION')}),
  from_agent text,
  sent_to    text not null,
  run_id     text,
  task_id    text,
  attempt    integer,
  body       text not null check (length(body) <= 16000),
  data       text not null check (json_valid(data)),
  priority   integer not null check (priority between 1 and 10),
  reply_to   text,
  question   text check (${among('question', 'open', 'answered', 'withdrawn')}),
  created_ms integer not null,
  check ((question is not null) = (type in ('QUESTION', 'BLOCKER')))
) strict;
create index message_open_question on message (seq) where question = 'open';
create index message_by_task on message (task_id, seq) where task_id is not null;
create index message_by_run on message (run_id, seq) where run_id is not null;

create trigger question_moves before update of question on message
when old.question <> new.question and old.question <> 'open'
begin select raise(abort, 'not a legal move of a question'); end;

-- position: the order in which one recipient gets its messages.
create table message_recipient (
  recipient       text not null,
  position        integer not null,
  message_id      text not null references message (id),
  dedupe_key      text,
  state           text not null default 'queued' check (${among('state', 'queued', 'delivered', 'acknowledged')}),
  delivered_ms    integer,
  acknowledged_ms integer,
  primary key (recipient, position),
  check (state <> 'queued' or (delivered_ms is null and acknowledged_ms is null)),
  check ((acknowledged_ms is not null) = (state = 'acknowledged'))
) strict, without rowid;
create unique index message_once on message_recipient (message_id, recipient);
create unique index message_deduplicated on message_recipient (recipient, dedupe_key) where dedupe_key is not null;
create index message_unread on message_recipient (recipient, position) where state <> 'acknowledged';

create trigger message_moves before update of state on message_recipient
when old.state <> new.state and not (
     (old.state = 'queued'    and new.state in ('delivered', 'acknowledged'))
  or (old.state = 'delivered' and new.state = 'acknowledged')
) begin select raise(abort, 'not a legal move of a message'); end;

create view messages as
  select message.id, type, from_agent, recipient, state, priority, run_id as run, task_id as task, attempt, body, data,
         reply_to, question,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', delivered_ms / 1000.0, 'unixepoch') as delivered,
         strftime('%Y-%m-%dT%H:%M:%fZ', acknowledged_ms / 1000.0, 'unixepoch') as acknowledged
    from message join message_recipient on message_id = message.id
   order by seq, recipient;
`;

/**
 * How a message is brought to its reader, for SQLite. reader: the agent that an answer brought it to, of a role one of
 * many. offered_ms: when it was put into an answer that may still be on its way. bulk: one of so many within a minute that
 * a digest tells of them together; announced_ms: when one did.
 */
export const messageDeliverySchema = `
alter table message_recipient add column reader text;
alter table message_recipient add column offered_ms integer;
alter table message_recipient add column bulk integer not null default 0 check (bulk in (0, 1));
alter table message_recipient add column announced_ms integer;
create index message_read on message_recipient (reader) where state = 'delivered';
-- How much somebody has said lately.
create index message_by_sender on message (from_agent, created_ms) where from_agent is not null;

drop view messages;
create view messages as
  select message.id, type, from_agent, recipient, state, reader, priority, run_id as run, task_id as task, attempt, body,
         data, reply_to, question,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created,
         strftime('%Y-%m-%dT%H:%M:%fZ', delivered_ms / 1000.0, 'unixepoch') as delivered,
         strftime('%Y-%m-%dT%H:%M:%fZ', acknowledged_ms / 1000.0, 'unixepoch') as acknowledged
    from message join message_recipient on message_id = message.id
   order by seq, recipient;
`;
