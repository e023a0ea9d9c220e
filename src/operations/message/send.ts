import { CallsheetError } from '../../error/index.js';
import { resolveRecipient, SENDABLE, sendMessage } from '../../message/index.js';
import { defined } from '../../store/index.js';
import { findTask } from '../../task/index.js';
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
      const about = await findTask(tx, input.task ?? input.to);
      const { type, body, replyTo, priority } = input;
      const message = await sendMessage(tx, {
        ...{ type, body, to, written: input.to, from: agentId },
        ...defined({ replyTo, priority, runId: about?.runId ?? session.runId }),
        ...defined({ taskId: about?.id ?? session.taskId, attempt: about?.attempt ?? session.attempt }),
      });
      return messageDocument(message, new Map([[agentId, context.actor.name]]));
    });
  },
  show: ({ id, to }) => `Sent ${id} to ${to}`,
});

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
