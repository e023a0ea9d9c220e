import {
  acknowledge,
  CONTEXT,
  HUMANS,
  markDelivered,
  sendMessage,
  SUPERVISORS,
  type Message,
} from '../../message/index.js';
import { staleRemark } from '../../note/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { fittingNotes } from '../../team/index.js';
import { oneLine, plainText, quoted, shownNames } from '../../text/index.js';
import { noteDocuments, type NoteDocument } from '../note/document.js';
import type { Context } from '../operation.js';
import { sessionOf } from '../session.js';

interface Query {
  from: string;
  text: string;
  paths: string[];
  priority?: number;
}

/** What became of a query: the answer from the notes, or the question that it was passed on as. */
export interface Asked {
  query: Message;
  answer?: Message;
  question?: Message;
}

const LONGEST_NOTE = 1_200;

/** Asks the notes; what they do not know is asked of the lead and the person. The answer counts as delivered. */
export async function askContext(context: Context, query: Query): Promise<Asked> {
  const { store } = context.sheet;
  // Outside of the transaction: files are looked at for what the notes say of them.
  const notes = await noteDocuments(context.sheet, await fittingNotes(store, query));
  return store.transaction(async (tx) => {
    const { from, priority, paths, text } = query;
    const { runId, taskId, attempt } = await sessionOf(tx, context, from);
    const about = defined({ runId, taskId, attempt, priority });
    const data = paths.length === 0 ? {} : { paths };
    const asked = await sendMessage(tx, { type: 'QUERY', from, to: [CONTEXT], body: text, data, ...about });
    await acknowledge(tx, [CONTEXT], [asked.id]);
    const { id: replyTo } = asked;
    if (notes.length === 0) {
      // Nobody is passed their own question.
      const to = [HUMANS, SUPERVISORS].filter((role) => role !== roleOf(context));
      const body = [text, ...paths.map((path) => `path: ${path}`)].join('\n');
      return {
        query: asked,
        question: await sendMessage(tx, { type: 'QUESTION', from, to, body, replyTo, ...about }),
      };
    }
    const body = answerFrom(notes);
    const answer = await sendMessage(tx, {
      type: 'ANSWER',
      to: [from],
      body,
      replyTo,
      data: { question: replyTo },
      ...about,
    });
    await noteRead(tx, from, answer);
    return { query: asked, answer };
  });
}

function roleOf({ actor }: Context): string {
  return actor.role === 'human' ? HUMANS : SUPERVISORS;
}

/** The asker has it with the answer of the command. */
async function noteRead(tx: Transaction, from: string, { id }: Message): Promise<void> {
  await markDelivered(tx, [from], [id], from);
}

function answerFrom(notes: readonly NoteDocument[]): string {
  return ['Found in the notes:', ...notes.map(shown)].join('\n');
}

function shown(note: NoteDocument): string {
  const text = plainText(note.text);
  const short = text.length <= LONGEST_NOTE ? text : `${text.slice(0, LONGEST_NOTE)} …`;
  const facts = [
    `${note.id}, a ${note.kind}`,
    ...(note.agent === undefined ? [] : [`by ${note.agent}`]),
    ...(note.key === undefined ? [] : [`key ${oneLine(note.key, 100)}`]),
    ...(note.files.length === 0 ? [] : [`about ${shownNames(note.files, 5)}`]),
    ...(note.stale.length === 0 ? [] : [staleRemark(note.stale)]),
  ];
  return `${facts.join(', ')}:\n${quoted(short)}`;
}
