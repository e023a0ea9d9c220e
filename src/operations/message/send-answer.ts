import { usageError } from '../../error/index.js';
import { defined } from '../../store/index.js';
import { messageDocument } from './document.js';
import { giveAnswer } from './give-answer.js';
import { requireMessage } from './require-message.js';
import type { Sending, Sent } from './sent.js';

/** An answer closes the question that it is for, and goes to who asked. */
export async function sendAnswer({ context, from, input }: Sending): Promise<Sent> {
  const { replyTo, body: text } = input;
  if (replyTo === undefined) {
    throw usageError(
      'ANSWER_TO_NOTHING',
      'An ANSWER needs its question. Nothing was sent.',
      'Name it: callsheet answer q-3 "…"',
    );
  }
  return context.sheet.store.transaction(async (tx) => {
    const { id: questionId } = await requireMessage(tx, replyTo);
    const { answer, resumed, resume } = await giveAnswer(tx, context, { questionId, from, text });
    const document = messageDocument(answer, new Map([[from, context.actor.name]]));
    return { ...document, ...defined({ resumed: resumed?.id, resume }) };
  });
}
