import { findAgent } from '../agent/index.js';
import { releaseLocksOfClaim } from '../lock/index.js';
import { announce, withdrawQuestions } from '../message/index.js';
import type { Transaction } from '../store/index.js';
import {
  cancelTask,
  createTasks,
  findTask,
  findTasks,
  hasEnded,
  HAND_LEASE_MS,
  requireTask,
  resumeTask,
  sendToReview,
  type Claim,
  type Task,
} from '../task/index.js';
import { boundedMiddle, oneLine, plainText } from '../text/index.js';

const LONGEST_PART = 20_000;

/** What the review of a piece of work is asked with. */
export interface ReviewRequest {
  /** What its agent says of the work. */
  said: string;
  /** The files and the commit that hold it. */
  paths: readonly string[];
  commit?: string;
  /** The agent who alone may review it, by name. */
  reviewer?: string;
  createdBy: string;
}

/**
 * The work of a claim goes to review: a task of kind review is there for whoever may claim it, which nobody may who has
 * worked on the task itself. The claim stays meanwhile.
 */
export async function openReview(
  tx: Transaction,
  claim: Claim,
  id: string,
  request: ReviewRequest,
): Promise<Task> {
  const task = await sendToReview(tx, claim, `waits for its review, ${id}`);
  const holder = task.claimedBy === undefined ? undefined : await findAgent(tx, task.claimedBy);
  const { reviewer, createdBy } = request;
  await createTasks(tx, [
    {
      ...{ id, kind: 'review', reviews: task.id, priority: task.priority, createdBy },
      title: oneLine(`Review ${task.id}: ${task.title}`, 200),
      spec: specOf(task, id, holder?.name ?? 'its agent', request),
      ...(reviewer === undefined ? {} : { assignee: reviewer }),
    },
  ]);
  return task;
}

function specOf(task: Task, id: string, by: string, { said, paths, commit }: ReviewRequest): string {
  return [
    `Review what ${by} has done for ${task.id} (attempt ${task.attempt}). Write no files.`,
    `\nWhat was to be done:\n${boundedMiddle(plainText(task.spec), LONGEST_PART)}`,
    `\nWhat ${by} says of it:\n${boundedMiddle(plainText(said), LONGEST_PART)}`,
    ...(paths.length === 0 ? [] : [`\nFiles: ${paths.join(', ')}`]),
    ...(commit === undefined ? [] : [`\nCommit: ${commit}`]),
    '\nSay what you found:',
    `callsheet send REVIEW_RESULT --task ${id} --verdict approved|changes-requested --finding "…" "SUMMARY"`,
  ].join('\n');
}

/** The reviews of a task that have not ended. */
export async function openReviewsOf(tx: Transaction, taskId: string): Promise<Task[]> {
  return (await findTasks(tx, { reviews: taskId })).filter(({ state }) => !hasEnded(state));
}

/** A claim is over: nothing is left to review of it, and what it reviewed without a verdict goes on. */
export async function endReviewsWith(tx: Transaction, { taskId }: Claim): Promise<void> {
  await callOffReviews(tx, taskId, `${taskId} is not in review any more`);
  const task = await findTask(tx, taskId);
  if (task?.reviews !== undefined && (task.state === 'failed' || task.state === 'cancelled'))
    await goOnWithoutVerdict(tx, task);
}

/** Nobody needs to review a task any more. Whoever does hears of it. */
export async function callOffReviews(tx: Transaction, taskId: string, reason: string): Promise<void> {
  for (const review of await openReviewsOf(tx, taskId)) {
    const cancelled = await cancelTask(tx, review.id, reason);
    await releaseLocksOfClaim(tx, { taskId: review.id, attempt: review.attempt });
    await withdrawQuestions(tx, review.id);
    const also = review.claimedBy === undefined ? [] : [review.claimedBy];
    const body = `${review.id} is cancelled: ${reason}.`;
    await announce(tx, { type: 'PROGRESS', task: cancelled, body, also });
  }
}

async function goOnWithoutVerdict(tx: Transaction, review: Task): Promise<void> {
  const reviewed = await requireTask(tx, review.reviews ?? '');
  if (reviewed.state !== 'review') return;
  const task = await resumeReviewed(tx, reviewed, { review: review.id });
  const why = review.reason === undefined ? '' : `: ${oneLine(review.reason, 300)}`;
  const body = `${review.id}, the review of ${task.id}, ended without a verdict${why}. ${task.id} goes on.`;
  const also = task.claimedBy === undefined ? [] : [task.claimedBy];
  await announce(tx, { type: 'REVIEW_RESULT', task, body, also });
}

/** The same attempt goes on, with a lease as long as its claim was given. */
export function resumeReviewed(
  tx: Transaction,
  { id, leaseMs }: Task,
  data: Record<string, unknown>,
): Promise<Task> {
  return resumeTask(tx, id, leaseMs ?? HAND_LEASE_MS, data);
}
