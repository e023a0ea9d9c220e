import { releaseLocksOfClaim } from '../lock/index.js';
import { announce, withdrawQuestions } from '../message/index.js';
import { defined, type Reader, type Transaction } from '../store/index.js';
import { countTasks, hasEnded, TASK_STATES, type Claim, type Task } from '../task/index.js';
import { endReviewsWith } from './reviews.js';

/** Tells the person and the lead how a task stands, and when it was the last that was open. */
export async function tellProgress(tx: Transaction, task: Task, body: string, from?: string): Promise<void> {
  const end = (await isLastOpen(tx, task)) ? ' No task is open any more.' : '';
  await announce(tx, { type: 'PROGRESS', task, body: `${body}${end}`, ...defined({ from }) });
}

async function isLastOpen(reader: Reader, task: Task): Promise<boolean> {
  if (task.runId !== undefined || !hasEnded(task.state)) return false;
  const counts = await countTasks(reader, null);
  return TASK_STATES.every((state) => hasEnded(state) || counts[state] === 0);
}

/** A claim is over: what was held and asked for it is over too. */
export async function closeClaim(tx: Transaction, claim: Claim): Promise<void> {
  await releaseLocksOfClaim(tx, claim);
  await withdrawQuestions(tx, claim.taskId);
  await endReviewsWith(tx, claim);
}

/** A sentence, and behind it `Ready now: task-2, task-3.` when tasks became ready. */
export function withReady(sentence: string, freed: readonly Task[]): string {
  const ended = /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
  return freed.length === 0 ? ended : `${ended} Ready now: ${freed.map(({ id }) => id).join(', ')}.`;
}

/** What happens next to a task whose attempt did not succeed. */
export function whatNext(task: Task): string {
  return task.state === 'failed'
    ? `Its ${task.maxAttempts} attempts are used up: callsheet task retry ${task.id}`
    : `It is tried again (${task.failures} of ${task.maxAttempts} attempts used).`;
}
