import { CallsheetError, usageError } from '../../error/index.js';
import {
  answerQuestion,
  findMessage,
  resolveRecipient,
  SENDABLE,
  sendMessage,
  type Message,
} from '../../message/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { findTask, requireTask } from '../../task/index.js';
import { defineOperation, EVERYBODY, LEADERS, type Context } from '../operation.js';
import { sessionOf } from '../session.js';
import { messageDocument } from './document.js';

export const send = defineOperation({
  name: 'send',
  rights: EVERYBODY,
  help: 'Send a message to an agent, to whoever holds a task, or to a role',
  examples: [
    'callsheet send QUESTION --to lead "May I rename the table?"',
    'callsheet send INSTRUCTION --to task-3 "Use the existing index"',
  ],
  input: {
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
      required: true,
      placeholder: 'AGENT|TASK|ROLE',
      help: 'A name, a task, human, lead, workers or all',
    },
    replyTo: { kind: 'name', placeholder: 'ID', help: 'The message that this one answers' },
    priority: { kind: 'integer', short: 'p', min: 1, max: 10, help: '1 is most urgent, 5 the default' },
    task: { kind: 'name', placeholder: 'ID', help: 'The task that it is about' },
  },
  async run(context, input) {
    requireMayInstruct(context, input.type);
    const agentId = await context.agentId();
    return context.sheet.store.transaction(async (tx) => {
      const session = await sessionOf(tx, context, agentId);
      const to = await resolveRecipient(tx, input.to, {
        except: agentId,
        ...defined({ runId: session.runId }),
      });
      const about =
        input.task === undefined ? await findTask(tx, input.to) : await requireTask(tx, input.task);
      const { type, body, replyTo, priority } = input;
      const replied = replyTo === undefined ? undefined : await requireMessage(tx, replyTo);
      const names = new Map([[agentId, context.actor.name]]);
      if (type === 'ANSWER') {
        const questionId = questionOf(replied);
        const { answer } = await answerQuestion(tx, { questionId, from: agentId, text: body });
        return messageDocument(answer, names);
      }
      const message = await sendMessage(tx, {
        ...{ type, body, to, written: input.to, from: agentId },
        ...defined({ replyTo, priority, runId: about?.runId ?? session.runId }),
        ...defined({ taskId: about?.id ?? session.taskId, attempt: about?.attempt ?? session.attempt }),
      });
      return messageDocument(message, names);
    });
  },
  show: ({ id, to }) => `Sent ${id} to ${to}`,
});

async function requireMessage(tx: Transaction, id: string): Promise<Message> {
  const message = await findMessage(tx, id);
  if (message !== undefined) return message;
  throw usageError(
    'MESSAGE_UNKNOWN',
    `There is no message “${id}” in this sheet. Nothing was sent.`,
    'See what was said to you: callsheet inbox --all',
  );
}

/** An answer closes the question that it is for; what blocks a task is for a person or the lead to answer. */
function questionOf(replied: Message | undefined): string {
  if (replied === undefined) {
    throw usageError(
      'ANSWER_TO_NOTHING',
      'An ANSWER needs its question. Nothing was sent.',
      'Name it: --reply-to q-3',
    );
  }
  if (replied.type !== 'BLOCKER') return replied.id;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${replied.id} blocks a task, which goes on with the answer. Nothing was sent.`,
    {
      hint: `A person or the lead answers it: callsheet answer ${replied.id} "…"`,
    },
  );
}

/** Steering is for people and leads: an agent that could instruct others would have their rights. */
function requireMayInstruct({ actor }: Context, type: string): void {
  if (type !== 'INSTRUCTION' || LEADERS.includes(actor.role)) return;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${actor.name} is a ${actor.role} and may not instruct others. Nothing was sent.`,
    {
      hint: 'Ask instead: callsheet send QUESTION --to … "…"',
    },
  );
}
