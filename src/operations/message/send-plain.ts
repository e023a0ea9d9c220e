import { usageError } from '../../error/index.js';
import { resolveRecipient, sendMessage } from '../../message/index.js';
import { defined } from '../../store/index.js';
import { findTask, requireTask } from '../../task/index.js';
import { sessionOf } from '../session.js';
import { dataOf } from './data.js';
import { messageDocument } from './document.js';
import { requireMessage } from './require-message.js';
import type { Sending, SendInput, Sent } from './sent.js';

/** A message that does nothing but reach those whom it is for. */
export async function sendPlain({ context, from, input }: Sending): Promise<Sent> {
  const word = requireTo(input);
  return context.sheet.store.transaction(async (tx) => {
    const session = await sessionOf(tx, context, from);
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
