import { usageError } from '../../error/index.js';
import {
  CONTEXT,
  findMessage,
  resolveRecipient,
  SENDABLE,
  sendMessage,
  type Message,
} from '../../message/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { findTask, requireTask } from '../../task/index.js';
import type { InputOf } from '../fields.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { sessionOf } from '../session.js';
import { askContext } from './ask-context.js';
import { dataOf, DATA_FIELDS } from './data.js';
import { messageDocument, showMessage, type MessageDocument } from './document.js';
import { giveAnswer } from './give-answer.js';
import { requireMayInstruct } from './may-instruct.js';

const INPUT = {
  type: {
    kind: 'choice',
    choices: SENDABLE,
    positional: true,
    required: true,
    placeholder: 'TYPE',
    help: 'What it is',
  },
  body: { kind: 'text', positional: true, required: true, maxChars: 16_000, help: 'What it says' },
  to: {
    kind: 'name',
    placeholder: 'AGENT|TASK|ROLE',
    help: 'A name, a task, human, lead, workers or all; a QUERY goes to the notes, an ANSWER to who asked',
  },
  replyTo: { kind: 'name', placeholder: 'ID', help: 'The message that this one answers' },
  priority: { kind: 'integer', short: 'p', min: 1, max: 10, help: '1 is most urgent, 5 the default' },
  task: { kind: 'name', placeholder: 'ID', help: 'The task that it is about' },
  ...DATA_FIELDS,
} as const;

type Input = InputOf<typeof INPUT>;

/** A message that was sent, and what that has done. */
type Sent = MessageDocument & {
  /** The task that goes on because of it, and what carries its run on. */
  resumed?: string;
  resume?: string;
  /** What the notes answered, or the question that a query was passed on as. */
  answer?: MessageDocument;
  passedOn?: MessageDocument;
};

export const send = defineOperation({
  name: 'send',
  rights: EVERYBODY,
  help: 'Send a message to an agent, to whoever holds a task, or to a role',
  examples: [
    'callsheet send QUESTION --to lead "May I rename the table?"',
    'callsheet send QUERY "Which port does the API listen on?"',
    'callsheet send INSTRUCTION --to task-3 "Use the existing index"',
  ],
  input: INPUT,
  async run(context, input) {
    requireMayInstruct(context, input.type);
    const from = await context.agentId();
    if (input.type === 'QUERY') return sendQuery(context, from, input);
    return context.sheet.store.transaction((tx) => sendTyped(tx, context, from, input));
  },
  show: ({ id, to, resumed, resume, answer, passedOn }) => {
    if (answer !== undefined) return showMessage(answer);
    if (passedOn !== undefined)
      return `The notes do not say. Asked ${passedOn.to} as ${passedOn.id}; the answer reaches you at your next step, or with: callsheet inbox`;
    if (resumed === undefined) return `Sent ${id} to ${to}`;
    return `Sent ${id} to ${to}. ${resumed} goes on${resume === undefined ? '.' : ` with the run: ${resume}`}`;
  },
});

function sendTyped(tx: Transaction, context: Context, from: string, input: Input): Promise<Sent> {
  return input.type === 'ANSWER' ? sendAnswer(tx, context, from, input) : sendPlain(tx, context, from, input);
}

/** The notes answer at once, or the question goes to those who lead. */
async function sendQuery(context: Context, from: string, input: Input): Promise<Sent> {
  if (input.to !== undefined && input.to.toLowerCase() !== CONTEXT) {
    throw usageError(
      'INPUT_INVALID',
      '--to of a QUERY is the notes (context), which answer it. Nothing was sent.',
      `Ask somebody: callsheet send QUESTION --to ${input.to} "…"`,
    );
  }
  const asked = await askContext(context, {
    ...{ from, text: input.body, paths: input.path },
    ...defined({ priority: input.priority }),
  });
  const names = new Map([[from, context.actor.name]]);
  const { query, answer, question } = asked;
  return {
    ...messageDocument(query, names),
    ...(answer === undefined ? {} : { answer: messageDocument(answer, names) }),
    ...(question === undefined ? {} : { passedOn: messageDocument(question, names) }),
  };
}

async function sendPlain(tx: Transaction, context: Context, from: string, input: Input): Promise<Sent> {
  const session = await sessionOf(tx, context, from);
  const word = requireTo(input);
  const to = await resolveRecipient(tx, word, { except: from, ...defined({ runId: session.runId }) });
  const about = input.task === undefined ? await findTask(tx, word) : await requireTask(tx, input.task);
  const { type, body, replyTo, priority } = input;
  if (replyTo !== undefined) await requireMessage(tx, replyTo);
  const message = await sendMessage(tx, {
    ...{ type, body, to, written: word, from, data: dataOf(input) },
    ...defined({ replyTo, priority, runId: about?.runId ?? session.runId }),
    ...defined({ taskId: about?.id ?? session.taskId, attempt: about?.attempt ?? session.attempt }),
  });
  return messageDocument(message, new Map([[from, context.actor.name]]));
}

/** An answer closes the question that it is for. */
async function sendAnswer(tx: Transaction, context: Context, from: string, input: Input): Promise<Sent> {
  if (input.replyTo === undefined) {
    throw usageError(
      'ANSWER_TO_NOTHING',
      'An ANSWER needs its question. Nothing was sent.',
      'Name it: callsheet answer q-3 "…"',
    );
  }
  const { id: questionId } = await requireMessage(tx, input.replyTo);
  const { answer, resumed, resume } = await giveAnswer(tx, context, { questionId, from, text: input.body });
  const document = messageDocument(answer, new Map([[from, context.actor.name]]));
  return { ...document, ...defined({ resumed: resumed?.id, resume }) };
}

function requireTo({ to, type }: Input): string {
  if (to !== undefined) return to;
  throw usageError(
    'INPUT_MISSING',
    `--to is missing: ${type} needs to know whom it is for. Nothing was sent.`,
    'Name an agent, a task, human, lead, workers or all.',
  );
}

async function requireMessage(tx: Transaction, id: string): Promise<Message> {
  const message = await findMessage(tx, id);
  if (message !== undefined) return message;
  throw usageError(
    'MESSAGE_UNKNOWN',
    `There is no message “${id}” in this sheet. Nothing was sent.`,
    'See what was said to you: callsheet inbox --all',
  );
}
