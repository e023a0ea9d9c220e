import { usageError } from '../../error/index.js';
import { resolveRecipient } from '../../message/index.js';
import { defined } from '../../store/index.js';
import { blockClaim } from '../task/block-claim.js';
import { dataOf } from './data.js';
import { messageDocument } from './document.js';
import { onlyTaskOf } from './only-task.js';
import type { Sending, Sent } from './sent.js';

/** The same as `task block`: the task waits for an answer. */
export async function sendBlocker({ context, from, input }: Sending): Promise<Sent> {
  const { body: question, priority, to } = input;
  return context.sheet.store.transaction(async (tx) => {
    const id = input.task ?? (await onlyTaskOf(tx, from));
    if (id === undefined) throw ofNothing();
    const also = to === undefined ? [] : await resolveRecipient(tx, to, { except: from });
    const asked = { question, data: dataOf(input), also, ...defined({ priority }) };
    const { task, message } = await blockClaim(tx, context, { id }, asked);
    return { ...messageDocument(message, new Map([[from, context.actor.name]])), blocked: task.id };
  });
}

function ofNothing(): Error {
  return usageError(
    'BLOCKER_OF_NOTHING',
    'A BLOCKER is about a task that you hold, and you hold none, or several. Nothing was sent.',
    'Name it: --task task-3; or ask: callsheet send QUESTION --to lead "…"',
  );
}
