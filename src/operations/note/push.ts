import { isBindingNews, type Note } from '../../note/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { boundedMiddle, plainText, quoted, shownNames } from '../../text/index.js';
import type { Actor } from '../operation.js';
import { tellSessions } from '../tell-sessions.js';

/** What a session is told of a note, in characters: about 300 tokens. */
const LONGEST_TOLD = 1_200;

/** Has a new decision or constraint reach all whom it concerns, but for its author. */
export async function pushNote(
  tx: Transaction,
  note: Note,
  { name, role }: Actor,
  agentId: string,
): Promise<void> {
  if (!isBindingNews(note.kind)) return;
  const about = [
    ...(note.key === undefined ? [] : [`under the key ${shownNames([note.key])}`]),
    ...(note.files.length === 0 ? [] : [`about ${shownNames(note.files, 5)}`]),
    ...(note.supersedes === undefined ? [] : [`in place of ${note.supersedes}`]),
  ];
  const whole = note.text.length > LONGEST_TOLD ? `\nAll of it: callsheet note show ${note.id}` : '';
  const head = `callsheet: a new ${note.kind}, ${[note.id, ...about].join(', ')}. ${name} (${role}) noted:`;
  await tellSessions(tx, {
    topic: `note:${note.id}`,
    text: `${head}\n${quoted(boundedMiddle(plainText(note.text), LONGEST_TOLD))}${whole}`,
    exceptAgent: agentId,
    ...defined({ runId: note.runId }),
  });
}
