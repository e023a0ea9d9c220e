import { appendEvent } from '../event/index.js';
import {
  defined,
  numberOf,
  optionalText,
  sql,
  textListOf,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';
import { plainText } from '../text/index.js';

/** What a worker saved to continue from. */
export interface Checkpoint {
  id: string;
  taskId: string;
  attempt: number;
  done: string;
  next: string;
  questions: string[];
  /** The files as they were. */
  snapshotCommit?: string;
  createdAt: number;
}

export const checkpointSchema = `
create table checkpoint (
  seq             integer primary key,
  id              text not null unique,
  task_id         text not null,
  attempt         integer not null,
  done            text not null,
  next            text not null,
  questions       text not null check (json_valid(questions)),
  snapshot_commit text,
  created_ms      integer not null
) strict;
create index checkpoint_by_task on checkpoint (task_id, created_ms);

create view checkpoints as
  select id, task_id as task, attempt, done, next, questions, snapshot_commit,
         strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') as created
    from checkpoint;
`;

const LONGEST = 4_000;

const insertCheckpoint = (each: Checkpoint): Sql => sql`
  insert into checkpoint (id, task_id, attempt, done, next, questions, snapshot_commit, created_ms)
  values (${each.id}, ${each.taskId}, ${each.attempt}, ${each.done}, ${each.next}, ${JSON.stringify(each.questions)},
          ${each.snapshotCommit ?? null}, ${each.createdAt})`;

const selectLast = (taskId: string): Sql => sql`
  select * from checkpoint where task_id = ${taskId} order by seq desc limit 1`;

/** Saves where a worker stands; texts are cut at 4,000 characters. */
export async function recordCheckpoint(
  tx: Transaction,
  wanted: Omit<Checkpoint, 'id' | 'createdAt'>,
): Promise<Checkpoint> {
  const checkpoint: Checkpoint = {
    ...wanted,
    done: plainText(wanted.done).slice(0, LONGEST),
    next: plainText(wanted.next).slice(0, LONGEST),
    questions: wanted.questions.map((question) => plainText(question).slice(0, LONGEST)),
    id: await tx.nextId('c'),
    createdAt: tx.now,
  };
  await tx.run(insertCheckpoint(checkpoint));
  const { id, done, next, questions, snapshotCommit } = checkpoint;
  await appendEvent(tx, {
    type: 'checkpoint.saved',
    taskId: wanted.taskId,
    attempt: wanted.attempt,
    data: { id, done, next, questions, ...defined({ snapshotCommit }) },
  });
  return checkpoint;
}

/** The newest checkpoint of any attempt at a task. */
export async function lastCheckpoint(reader: Reader, taskId: string): Promise<Checkpoint | undefined> {
  const row = await reader.get(selectLast(taskId));
  return row === undefined ? undefined : toCheckpoint(row);
}

function toCheckpoint(row: Row): Checkpoint {
  return defined({
    id: textOf(row, 'id'),
    taskId: textOf(row, 'task_id'),
    attempt: numberOf(row, 'attempt'),
    done: textOf(row, 'done'),
    next: textOf(row, 'next'),
    questions: textListOf(row, 'questions'),
    snapshotCommit: optionalText(row, 'snapshot_commit'),
    createdAt: numberOf(row, 'created_ms'),
  });
}
