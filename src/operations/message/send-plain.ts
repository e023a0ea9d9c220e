import { usageError } from '../../error/index.js';
import { holderOfTask, resolveRecipient, sendMessage } from '../../message/index.js';
import { defined } from '../../store/index.js';
import { findTask, hasEnded, requireTask } from '../../task/index.js';
import { sessionOf } from '../session.js';
import { dataOf } from './data.js';
import { messageDocument } from './document.js';
import { reopenFor } from './reopen.js';
import { requireMessage } from './require-message.js';
import type { Sending, SendInput, Sent } from './sent.js';

/** A message that reaches those whom it is for; one to a task that has ended opens it again. */
export async function sendPlain({ context, from, input }: Sending): Promise<Sent> {
  const word = requireTo(input);
  return context.sheet.store.transaction(async (tx) => {
    const session = await sessionOf(tx, context, from);
    // What is said to a task waits for whoever takes it up, when they have to do it.
    const mayWait = input.type === 'INSTRUCTION';
    const to = await resolveRecipient(tx, word, {
      except: from,
      mayWait,
      ...defined({ runId: session.runId }),
    });
    const about = input.task === undefined ? await findTask(tx, word) : await requireTask(tx, input.task);
    const { type, body, replyTo, priority } = input;
    if (replyTo !== undefined) await requireMessage(tx, replyTo);
    const message = await sendMessage(tx, {
      ...{ type, body, to, written: word, from, data: dataOf(input) },
      ...defined({ replyTo, priority, runId: about?.runId ?? session.runId }),
      ...defined({ taskId: about?.id ?? session.taskId, attempt: about?.attempt ?? session.attempt }),
    });
    const document = messageDocument(message, new Map([[from, context.actor.name]]));
    // Addressed as the task that it is, not about one besides.
    const isTo = about !== undefined && to.includes(holderOfTask(about.id));
    if (!mayWait || !isTo || !hasEnded(about.state)) return document;
    return { ...document, ...(await reopenFor(tx, context, about, message)) };
  });
}

function requireTo({ to, type }: SendInput): string {
  if (to !== undefined) return to;
  throw usageError(
    'INPUT_MISSING',
    `--to is missing: ${type} needs to know whom it is for. Nothing was sent.`,
    'Name an agent, a task, human, lead, workers or all.',
  );
}
