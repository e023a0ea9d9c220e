import { findAgent, findAgentByName, type Agent } from '../../agent/index.js';
import { CallsheetError, usageError } from '../../error/index.js';
import { announce, resolveRecipient } from '../../message/index.js';
import { defined, type Reader, type Transaction } from '../../store/index.js';
import { hasWorkedOn, type Task } from '../../task/index.js';
import { openReview } from '../../team/index.js';
import { requireHeld } from '../task/claim-of.js';
import { freeId } from '../task/free-id.js';
import { commitOf } from '../task/result.js';
import { dataOf } from './data.js';
import { messageDocument } from './document.js';
import { onlyTaskOf } from './only-task.js';
import type { Sending, Sent } from './sent.js';

/** The sender's claim goes to review: somebody else looks at the work, and it waits for the verdict. */
export async function sendReviewRequest({ context, from, input }: Sending): Promise<Sent> {
  const { body, priority, path: paths, to } = input;
  const commit = input.commit === undefined ? undefined : await commitOf(context, input.commit);
  return context.sheet.store.transaction(async (tx) => {
    const { claim, task: held } = await requireHeld(tx, context, { id: await taskFor(tx, from, input.task) });
    requireStandAlone(held);
    const { also, reviewer } = await reviewersIn(tx, held, from, to);
    const id = await freeId(tx);
    const request = { said: body, paths, createdBy: from, ...defined({ commit, reviewer: reviewer?.name }) };
    const task = await openReview(tx, claim, id, request);
    const data = defined({ ...dataOf(input), commit, review: id });
    const message = await announce(tx, {
      ...{ type: 'REVIEW_REQUEST', task, from, body, also, data },
      ...defined({ priority }),
    });
    return { ...messageDocument(message, new Map([[from, context.actor.name]])), review: id };
  });
}

async function taskFor(reader: Reader, from: string, named: string | undefined): Promise<string> {
  const id = named ?? (await onlyTaskOf(reader, from));
  if (id !== undefined) return id;
  throw usageError(
    'REVIEW_OF_NOTHING',
    'A REVIEW_REQUEST is about a task that you hold, and you hold none, or several. Nothing was sent.',
    'Name it: --task task-3',
  );
}

function requireStandAlone({ id, runId }: Task): void {
  if (runId === undefined) return;
  throw new CallsheetError(
    'REVIEW_IN_RUN',
    `${id} belongs to ${runId}, whose gate looks at every result. Nothing was sent.`,
    { hint: 'Complete it; to have somebody look: callsheet send QUESTION --to lead "…"' },
  );
}

/** Who hears of it, and who alone may do it when somebody is named. */
async function reviewersIn(
  tx: Transaction,
  task: Task,
  from: string,
  to: string | undefined,
): Promise<{ also: string[]; reviewer?: Agent }> {
  const word = to?.trim().toLowerCase();
  if (to === undefined || word === undefined || word === 'anybody') return { also: [] };
  // Reviewers may come later: the task waits for them.
  if (word === 'reviewers' || word === 'reviewer') return { also: await reviewersNow(tx, word) };
  const also = await resolveRecipient(tx, to, { except: from });
  const reviewer = (await findAgentByName(tx, to.trim())) ?? (await findAgent(tx, word));
  if (reviewer === undefined) return { also };
  if (!(await hasWorkedOn(tx, task.id, reviewer.id))) return { also, reviewer };
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${reviewer.name} has worked on ${task.id} and may not review it. Nothing was sent.`,
    { hint: 'Ask somebody else, or anybody: leave out --to' },
  );
}

async function reviewersNow(tx: Transaction, word: string): Promise<string[]> {
  try {
    return await resolveRecipient(tx, word);
  } catch (error) {
    if (error instanceof CallsheetError && error.code === 'RECIPIENT_NOBODY') return [];
    throw error;
  }
}
