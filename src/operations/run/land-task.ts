import { CallsheetError } from '../../error/index.js';
import { defined, type Store, type Transaction } from '../../store/index.js';
import {
  describeAttempt,
  findAttempt,
  heartbeat,
  recordResult,
  requireTask,
  type Claim,
  type Task,
  type TaskResult,
} from '../../task/index.js';
import type { Context } from '../operation.js';
import { requireOutput } from '../task/check-output.js';
import { requireHeld, usualLeaseMs } from '../task/claim-of.js';
import { mergeResult } from '../task/result.js';

export interface GivenTask {
  task: string;
  attempt?: number;
  summary?: string;
  resultFile?: unknown;
}

/** The task whose work is landed, with what the session says of it. */
export interface LinkedTask {
  claim: Claim;
  task: Task;
  result: TaskResult;
}

/**
 * Finds the task whose work a branch is: one that the caller holds, or has completed before its work landed.
 * @throws {CallsheetError} `TASK_UNKNOWN`, `TASK_STATE`, `NOT_ALLOWED`, `LEASE_LOST`, `ATTEMPT_NEEDED`, `RESULT_INVALID`, `RESULT_MISMATCH`.
 */
export async function linkTask(context: Context, given: GivenTask): Promise<LinkedTask> {
  const { claim, task } = await context.sheet.store.transaction((tx) => requireOwn(tx, context, given));
  const result = task.result ?? (await mergeResult(context, task, { ...given, file: [], finding: [] }));
  requireOutput(task, result);
  return { claim, task, result };
}

/**
 * Notes what is about to land with the claim, which must still hold.
 * @throws {CallsheetError} as {@link linkTask}.
 */
export async function noteWork(
  tx: Transaction,
  context: Context,
  linked: LinkedTask,
  work: { branch: string; headCommit: string; baseCommit: string; paths: string[] },
): Promise<void> {
  const { claim, result } = linked;
  const { task } = await requireOwn(tx, context, { task: claim.taskId, attempt: claim.attempt });
  const { branch, headCommit, baseCommit, paths } = work;
  await describeAttempt(tx, claim, { branch, headCommit, baseCommit });
  if (task.state === 'done') return;
  const files = result.files.length === 0 ? paths : result.files;
  await recordResult(tx, claim, { ...result, files, commit: headCommit });
}

/** What has landed is done; more of it is another task's. @throws {CallsheetError} `TASK_STATE`. */
export function requireNotLanded({ task }: LinkedTask): void {
  if (task.landedAs !== undefined)
    throw wrongState(task, `has landed already, as ${task.landedAs.slice(0, 10)}`);
}

async function requireOwn(
  tx: Transaction,
  context: Context,
  given: Pick<GivenTask, 'task' | 'attempt'>,
): Promise<{ claim: Claim; task: Task }> {
  const task = await requireTask(tx, given.task);
  if (task.runId !== undefined)
    throw wrongState(task, `belongs to ${task.runId}, whose engine lands its work`);
  if (task.state === 'done') return { claim: await completedClaim(tx, context, task), task };
  const held = await requireHeld(tx, context, { id: task.id, ...defined({ attempt: given.attempt }) });
  if (held.task.state !== 'running') throw wrongState(held.task, `is ${held.task.state}`);
  return held;
}

/** Completed first, landed afterwards: whoever has completed it may. */
async function completedClaim(tx: Transaction, { actor }: Context, task: Task): Promise<Claim> {
  const claim = { taskId: task.id, attempt: task.attempt };
  const isLeader = actor.role === 'human' || actor.role === 'supervisor';
  if (isLeader || (await findAttempt(tx, claim))?.agentId === actor.agentId) return claim;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${actor.name} has not done ${task.id} and may not land its work. Nothing was moved.`,
    { hint: `See who has: callsheet task show ${task.id}` },
  );
}

function wrongState(task: Task, why: string): CallsheetError {
  return new CallsheetError('TASK_STATE', `Task ${task.id} ${why}. Nothing was moved.`, {
    hint: `Look at it: callsheet task show ${task.id}`,
    data: { task: task.id, state: task.state },
  });
}

const LONGEST_BEAT_MS = 30_000;

/**
 * Renews a claim for as long as its work waits and is tested: a gate may take longer than the lease.
 * @returns Ends that.
 */
export function keepClaim(store: Store, { claim, task }: LinkedTask): () => void {
  if (task.state === 'done') return () => undefined;
  const leaseMs = usualLeaseMs(task);
  let cancel = (): void => undefined;
  const arm = (): void => {
    cancel = store.clock.after(Math.min(LONGEST_BEAT_MS, Math.ceil(leaseMs / 3)), () => void beat());
  };
  const beat = async (): Promise<void> => {
    try {
      await store.transaction((tx) => heartbeat(tx, claim, leaseMs));
      arm();
    } catch (error) {
      // The landing finds out itself that the claim has gone, or that the sheet cannot be written.
      if (!(error instanceof CallsheetError)) throw error;
    }
  };
  arm();
  return () => cancel();
}
