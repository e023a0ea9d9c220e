import { findAgent } from '../../agent/index.js';
import { assert, CallsheetError, usageError } from '../../error/index.js';
import { announce } from '../../message/index.js';
import { defined, type Reader, type Transaction } from '../../store/index.js';
import {
  claimTask,
  findTask,
  findTasks,
  finishTask,
  HAND_LEASE_MS,
  hasWorkedOn,
  recordResult,
  requireTask,
  type Claim,
  type Task,
} from '../../task/index.js';
import { LEADERS } from '../operation.js';
import { notReady } from '../task/not-ready.js';
import { closeClaim, openReviewsOf, resumeReviewed, tellProgress, withReady } from '../../team/index.js';
import { dataOf } from './data.js';
import { messageDocument } from './document.js';
import type { Sending, SendInput, Sent } from './sent.js';

/** A review ends: the reviewed task goes on with the same attempt, and who works on it hears the verdict. */
export async function sendReviewResult({ context, from, input }: Sending): Promise<Sent> {
  const { body, finding: findings, priority } = input;
  const verdict = requireVerdict(input);
  return context.sheet.store.transaction(async (tx) => {
    const review = await reviewFor(tx, from, await namedIn(tx, input));
    const reviewed = await requireTask(tx, review.reviews ?? '');
    const claim = await requireReviewer(tx, { context, from, input }, review, reviewed);
    await recordResult(tx, claim, { summary: body, files: [], findings, data: { verdict } });
    const { task: done, freed } = await finishTask(tx, claim);
    await closeClaim(tx, claim);
    const goesOn = reviewed.state === 'review';
    const task = goesOn ? await resumeReviewed(tx, reviewed, { review: review.id, verdict }) : reviewed;
    const message = await announce(tx, {
      ...{ type: 'REVIEW_RESULT', task, from, body, data: dataOf(input) },
      also: task.claimedBy === undefined ? [] : [task.claimedBy],
      ...defined({ priority }),
    });
    if (freed.length > 0) await tellProgress(tx, done, withReady(`${done.id} is done`, freed), from);
    return {
      ...messageDocument(message, new Map([[from, context.actor.name]])),
      ...{ review: review.id },
      ...(goesOn ? { resumed: task.id } : {}),
    };
  });
}

function requireVerdict({ verdict }: SendInput): string {
  if (verdict !== undefined) return verdict;
  throw usageError(
    'INPUT_MISSING',
    '--verdict is missing: a REVIEW_RESULT approves, or asks for changes. Nothing was sent.',
    'Add --verdict approved, or --verdict changes-requested with a --finding for each.',
  );
}

/** The review that is meant: named, by the task that it reviews, or the one that the sender holds. */
async function reviewFor(tx: Transaction, from: string, task: Task | undefined): Promise<Task> {
  if (task?.reviews !== undefined) return task;
  const reviews = task === undefined ? await heldReviews(tx, from) : await openReviewsOf(tx, task.id);
  const [review, ...others] = reviews;
  if (review !== undefined && others.length === 0) return review;
  throw usageError(
    'REVIEW_OF_NOTHING',
    `A REVIEW_RESULT ends a review, and ${task === undefined ? 'you hold none, or several' : `${task.id} is none and waits for none`}. Nothing was sent.`,
    'Name the review: --task task-9; see: callsheet task list',
  );
}

async function namedIn(reader: Reader, { task, to }: SendInput): Promise<Task | undefined> {
  if (task !== undefined) return requireTask(reader, task);
  return to === undefined ? undefined : findTask(reader, to);
}

async function heldReviews(reader: Reader, from: string): Promise<Task[]> {
  return (await findTasks(reader, { claimedBy: from })).filter(({ reviews }) => reviews !== undefined);
}

/**
 * The claim of the review: the sender's own; one that nobody has is taken with its result. People and leads may end that
 * of another. Nobody reviews what they have worked on.
 */
async function requireReviewer(
  tx: Transaction,
  { context: { actor }, from }: Sending,
  review: Task,
  reviewed: Task,
): Promise<Claim> {
  if (await hasWorkedOn(tx, reviewed.id, from))
    throw notYours(`${actor.name} has worked on ${reviewed.id} and may not review it`);
  if (review.claimedBy !== undefined) {
    if (review.claimedBy !== from && !LEADERS.includes(actor.role))
      throw notYours(`${actor.name} does not hold ${review.id}, the review of ${reviewed.id}`);
    return { taskId: review.id, attempt: review.attempt };
  }
  const agent = await findAgent(tx, from);
  assert(agent !== undefined, `agent ${from} is in the sheet`);
  const refusal = await notReady(tx, agent, review.id);
  if (refusal !== undefined) throw refusal;
  const granted = await claimTask(tx, review.id, agent, HAND_LEASE_MS);
  assert(granted !== undefined, `${review.id} is ready`);
  return granted;
}

function notYours(why: string): CallsheetError {
  return new CallsheetError('NOT_ALLOWED', `${why}. Nothing was sent.`, {
    hint: 'Somebody else reviews it; a person or the lead can let it go on: callsheet task resume ID',
  });
}
