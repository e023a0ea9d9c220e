import { CallsheetError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { numberOf, type Transaction } from '../store/index.js';
import { findTask, requireTask } from './find.js';
import { toTask } from './row.js';
import { countOpenNeeds, moveTask, type Columns } from './task.sql.js';
import { holdsClaim, statesBefore, type Claim, type Task, type TaskState } from './task.js';

export interface Move {
  /** With `attempt`: only while that claim holds. */
  task: { id: string; attempt?: number };
  to: TaskState;
  /** The event's type, without `task.`. */
  event: string;
  /** Narrower than what is legal, when the caller means less. */
  from?: TaskState[];
  columns?: Columns;
  data?: Record<string, unknown>;
}

/**
 * Moves a task along {@link statesBefore} and writes the event, or answers undefined when the task is in no
 * state that allows it or the claim has gone.
 */
export async function tryMove(tx: Transaction, move: Move): Promise<Task | undefined> {
  const from = move.from ?? statesBefore(move.to);
  const gone = holdsClaim(move.to) ? {} : { claimed_by: null, lease_expires_ms: null };
  const row = await tx.get(moveTask(move.task, from, move.to, { ...gone, ...move.columns }));
  if (row === undefined) return undefined;
  const task = toTask(row);
  await appendEvent(tx, {
    type: `task.${move.event}`,
    taskId: task.id,
    attempt: task.attempt,
    ...(task.runId === undefined ? {} : { runId: task.runId }),
    ...(task.claimedBy === undefined ? {} : { agentId: task.claimedBy }),
    data: { state: task.state, ...(task.reason === undefined ? {} : { reason: task.reason }), ...move.data },
  });
  return task.state === 'ready' ? waitAgain(tx, task) : task;
}

/** What a task needs may have been opened again while somebody held it: given back, it waits for that. */
async function waitAgain(tx: Transaction, task: Task): Promise<Task> {
  const open = numberOf((await tx.get(countOpenNeeds(task.id))) ?? { open: 0 }, 'open');
  if (open === 0) return task;
  const columns = { open_dependencies: open };
  const waiting = await tryMove(tx, { task: { id: task.id }, to: 'waiting', event: 'waiting', columns });
  return waiting ?? task;
}

/** A write of a claim that does not hold any more: `LEASE_LOST`. One that is not possible now: `TASK_STATE`. */
export async function moveClaimed(tx: Transaction, claim: Claim, move: Omit<Move, 'task'>): Promise<Task> {
  const moved = await tryMove(tx, { ...move, task: { id: claim.taskId, attempt: claim.attempt } });
  return moved ?? (await refuse(tx, claim, move.event));
}

/** Throws the error that says why a write about a claim missed. */
export async function refuse(tx: Transaction, claim: Claim, what: string): Promise<never> {
  const task = await requireTask(tx, claim.taskId);
  if (task.attempt === claim.attempt && task.claimedBy !== undefined) throw wrongState(task, what);
  throw leaseLost(task, claim);
}

export function wrongState(task: Task, what: string): CallsheetError {
  return new CallsheetError(
    'TASK_STATE',
    `Task ${task.id} is ${task.state} and cannot be ${what}. Nothing was changed.`,
    {
      hint: `Look at it: callsheet task show ${task.id}`,
      data: { task: task.id, state: task.state },
    },
  );
}

function leaseLost(task: Task, claim: Claim): CallsheetError {
  const now =
    task.claimedBy === undefined
      ? `it is ${task.state}${task.reason === undefined ? '' : ` (${task.reason})`}`
      : `attempt ${task.attempt} is held by ${task.claimedBy}`;
  return new CallsheetError(
    'LEASE_LOST',
    `Attempt ${claim.attempt} at ${task.id} does not hold the task any more: ${now}. Nothing was written.`,
    {
      hint: `Stop this work; its files are kept (callsheet undo lists snapshots). See: callsheet task show ${task.id}`,
      data: { task: task.id, attempt: claim.attempt, state: task.state, currentAttempt: task.attempt },
    },
  );
}

/** The task of a claim that still holds. @throws {CallsheetError} `LEASE_LOST`. */
export async function requireClaim(tx: Transaction, claim: Claim): Promise<Task> {
  const task = await findTask(tx, claim.taskId);
  if (task === undefined || task.attempt !== claim.attempt || task.claimedBy === undefined) {
    return refuse(tx, claim, 'changed');
  }
  return task;
}
