import { findMessages, holderOfTask, inboxOf, markDelivered, type Message } from '../message/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { findAttempts, type Attempt, type Task } from '../task/index.js';
import { boundedMiddle, oneLine, plainText, quoted, shownNames } from '../text/index.js';
import { senderOf } from './shown-message.js';

const MOST_ATTEMPTS = 3;
const MOST_SAID = 8;
const LONGEST_RESULT = 800;
const LONGEST_SAID = 600;

/** What went before the attempt that begins: the newest earlier ones, and what was said about the task. */
export interface TaskHistory {
  attempts: Attempt[];
  said: Message[];
}

/** The past of a task: its newest earlier attempts, and what people, the lead and reviewers have said about it. */
export async function historyOf(
  reader: Reader,
  { id, attempt }: Pick<Task, 'id' | 'attempt'>,
): Promise<TaskHistory> {
  const before = (await findAttempts(reader, id)).filter((each) => each.attempt < attempt);
  const said = (await findMessages(reader, { taskId: id })).filter(({ type }) => STEERING.has(type));
  return { attempts: before.slice(-MOST_ATTEMPTS), said: said.slice(-MOST_SAID) };
}

const STEERING: ReadonlySet<string> = new Set(['INSTRUCTION', 'ANSWER', 'REVIEW_RESULT']);

/** What was said to a task while nobody held it has reached the agent that it is shown to. */
export async function noteHistoryShown(
  tx: Transaction,
  { id }: Pick<Task, 'id'>,
  { said }: TaskHistory,
  readerId: string,
): Promise<void> {
  const recipient = holderOfTask(id);
  const shown = new Set(said.map((message) => message.id));
  const waiting = await inboxOf(tx, [recipient], { unacknowledgedOnly: true });
  const ids = waiting.map(({ message }) => message.id).filter((each) => shown.has(each));
  await markDelivered(tx, [recipient], ids, readerId);
}

/** The past of a task in words, quoted and bounded; empty for one that begins. */
export async function shownHistory(reader: Reader, { attempts, said }: TaskHistory): Promise<string[]> {
  const lines = attempts.flatMap(shownAttempt);
  for (const message of said) {
    const body = boundedMiddle(plainText(message.body), LONGEST_SAID);
    lines.push(`Said about it, ${message.type} from ${await senderOf(reader, message)}:`, quoted(body));
  }
  return lines;
}

function shownAttempt({ attempt, outcome, reason, result }: Attempt): string[] {
  const why = reason === undefined ? '' : `: ${oneLine(plainText(reason), 300)}`;
  return [
    `Attempt ${attempt} before this one ended ${outcome ?? 'without a word'}${why}`,
    ...(result === undefined ? [] : ['It said:', quoted(resultText(result))]),
  ];
}

function resultText({ summary, files, findings }: NonNullable<Attempt['result']>): string {
  const said = [
    summary,
    ...(files.length === 0 ? [] : [`files: ${shownNames(files)}`]),
    ...findings.map((finding) => `finding: ${finding}`),
  ];
  return boundedMiddle(plainText(said.join('\n')), LONGEST_RESULT);
}
