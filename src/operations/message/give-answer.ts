import { CallsheetError } from '../../error/index.js';
import { answerQuestion, findMessage, inboxOf, type Message } from '../../message/index.js';
import { findRun } from '../../run/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { findTask, resumeTask, type Task } from '../../task/index.js';
import { recipientsOf } from '../../team/index.js';
import { LEADERS, type Context } from '../operation.js';
import { hasEngine } from '../status/index.js';
import { usualLeaseMs } from '../task/claim-of.js';

/** What an answer has done. */
export interface Given {
  question: Message;
  answer: Message;
  /** The task that was blocked by the question and goes on. */
  resumed?: Task;
  /** What carries its run on when no engine does. */
  resume?: string;
}

/**
 * Answers a question; a task that it blocked goes on. People and leads answer any, others what they were asked.
 * @throws {CallsheetError} `NOT_ALLOWED`, `QUESTION_UNKNOWN` (usage), `QUESTION_ANSWERED`.
 */
export async function giveAnswer(
  tx: Transaction,
  context: Context,
  { questionId, from, text }: { questionId: string; from: string; text: string },
): Promise<Given> {
  await requireMayAnswer(tx, context, from, questionId);
  const { question, answer } = await answerQuestion(tx, { questionId, from, text });
  const resumed = await resumeAsked(tx, question, text);
  return defined({ question, answer, resumed, resume: await resumeCommand(tx, resumed?.runId) });
}

async function requireMayAnswer(
  tx: Transaction,
  { actor }: Context,
  from: string,
  questionId: string,
): Promise<void> {
  if (LEADERS.includes(actor.role)) return;
  const question = await findMessage(tx, questionId);
  if (question === undefined) return;
  const recipients = await recipientsOf(tx, { id: from, role: actor.role });
  if ((await inboxOf(tx, recipients, { id: question.id })).length > 0) return;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${actor.name} is a ${actor.role} and was not asked ${question.id}. Nothing was sent.`,
    { hint: 'Whoever was asked answers it, or a person or the lead.' },
  );
}

async function resumeCommand(tx: Transaction, runId: string | undefined): Promise<string | undefined> {
  const run = runId === undefined ? undefined : await findRun(tx, runId);
  return run === undefined || hasEngine(run) ? undefined : `callsheet resume ${run.id}`;
}

/** The task goes on when it is still this attempt that was blocked, and nothing else blocks it. */
async function resumeAsked(tx: Transaction, question: Message, text: string): Promise<Task | undefined> {
  const task = question.taskId === undefined ? undefined : await findTask(tx, question.taskId);
  if (task?.state !== 'blocked' || task.attempt !== question.attempt || question.type !== 'BLOCKER')
    return undefined;
  return resumeTask(tx, task.id, usualLeaseMs(task), { question: question.id, answer: text });
}
