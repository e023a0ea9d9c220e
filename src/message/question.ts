import { findAgent } from '../agent/index.js';
import { CallsheetError, usageError } from '../error/index.js';
import { sql, type Reader, type Sql, type Transaction } from '../store/index.js';
import { findTask, holdsClaim } from '../task/index.js';
import { findMessage, findMessages } from './inbox.js';
import { acknowledgeForAll, selectOpenQuestions, settleQuestion } from './message.sql.js';
import { awaitsAnswer, SUPERVISORS, type Message, type QuestionState, type Recipient } from './message.js';
import { toMessage } from './row.js';
import { sendMessage, tellMessage } from './send.js';

/** Questions and blockers that await a person or a supervisor, most urgent first, then the oldest. */
export async function openQuestions(
  reader: Reader,
  filter: { runId?: string; taskId?: string } = {},
): Promise<Message[]> {
  const conditions: Sql[] = [];
  if (filter.runId !== undefined) conditions.push(sql`run_id = (select ${filter.runId})`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = (select ${filter.taskId})`);
  return (await reader.all(selectOpenQuestions(conditions))).map(toMessage);
}

/**
 * Answers a question: the answer goes to who asked, and nobody is asked any more. The caller resumes the task that
 * the question names.
 * @throws {CallsheetError} `QUESTION_UNKNOWN` (usage), `QUESTION_ANSWERED` also of one that was withdrawn.
 */
export async function answerQuestion(
  tx: Transaction,
  { questionId, from, text }: { questionId: string; from?: string; text: string },
): Promise<{ question: Message; answer: Message }> {
  const question = await findMessage(tx, questionId);
  if (question === undefined || !awaitsAnswer(question.type)) {
    throw usageError(
      'QUESTION_UNKNOWN',
      `There is no question “${questionId}” in this sheet. Nothing was sent.`,
      'See who waits for an answer: callsheet status',
    );
  }
  if (question.question !== 'open') throw await alreadySettled(tx, question);
  const answer = await sendMessage(tx, {
    type: 'ANSWER',
    to: [await askerOf(tx, question)],
    body: text,
    data: { question: question.id },
    replyTo: question.id,
    priority: question.priority,
    ...(from === undefined ? {} : { from }),
    ...(question.runId === undefined ? {} : { runId: question.runId }),
    ...(question.taskId === undefined ? {} : { taskId: question.taskId }),
    ...(question.attempt === undefined ? {} : { attempt: question.attempt }),
  });
  return { question: await settle(tx, question, 'answered', { answer: answer.id }), answer };
}

/** Takes back what is still asked about a task: it went on or ended without an answer. */
export async function withdrawQuestions(tx: Transaction, taskId: string): Promise<Message[]> {
  const withdrawn: Message[] = [];
  for (const question of await findMessages(tx, { taskId })) {
    if (question.question === 'open') withdrawn.push(await settle(tx, question, 'withdrawn', {}));
  }
  return withdrawn;
}

async function settle(
  tx: Transaction,
  question: Message,
  to: Exclude<QuestionState, 'open'>,
  data: Record<string, unknown>,
): Promise<Message> {
  await tx.run(settleQuestion(question.id, to));
  await tx.run(acknowledgeForAll(question.id, tx.now));
  await tellMessage(tx, to, question, data);
  return { ...question, question: to };
}

// What callsheet itself asked about a task, and what a session asked that has ended, is answered to whoever holds it.
async function askerOf(tx: Transaction, question: Message): Promise<Recipient> {
  const asker = question.from === undefined ? undefined : await findAgent(tx, question.from);
  if (asker !== undefined && asker.endedAt === undefined) return asker.id;
  const task = question.taskId === undefined ? undefined : await findTask(tx, question.taskId);
  return task !== undefined && holdsClaim(task.state) && task.claimedBy !== undefined
    ? task.claimedBy
    : (question.from ?? SUPERVISORS);
}

async function alreadySettled(tx: Transaction, question: Message): Promise<CallsheetError> {
  const [answer] = await findMessages(tx, { replyTo: question.id, type: 'ANSWER' });
  const how =
    answer === undefined
      ? 'was withdrawn: its task went on without an answer'
      : `was answered already (${answer.id})`;
  return new CallsheetError('QUESTION_ANSWERED', `${question.id} ${how}. Nothing was sent.`, {
    hint:
      question.from === undefined
        ? 'See what is open: callsheet status'
        : `To say more: callsheet send INSTRUCTION --to ${question.from} TEXT`,
    data: { question: question.id, state: question.question, answer: answer?.id },
  });
}
