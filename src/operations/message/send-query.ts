import { usageError } from '../../error/index.js';
import { CONTEXT } from '../../message/index.js';
import { defined } from '../../store/index.js';
import { askContext } from './ask-context.js';
import { messageDocument } from './document.js';
import type { Sending, Sent } from './sent.js';

/** The notes answer at once, or the question goes to those who lead. */
export async function sendQuery({ context, from, input }: Sending): Promise<Sent> {
  const { to, body: text, path: paths, priority } = input;
  if (to !== undefined && to.toLowerCase() !== CONTEXT) {
    throw usageError(
      'INPUT_INVALID',
      '--to of a QUERY is the notes (context), which answer it. Nothing was sent.',
      `Ask somebody: callsheet send QUESTION --to … "…"`,
    );
  }
  const { query, answer, question } = await askContext(context, {
    ...{ from, text, paths },
    ...defined({ priority }),
  });
  const names = new Map([[from, context.actor.name]]);
  return {
    ...messageDocument(query, names),
    ...(answer === undefined ? {} : { answer: messageDocument(answer, names) }),
    ...(question === undefined ? {} : { passedOn: messageDocument(question, names) }),
  };
}
