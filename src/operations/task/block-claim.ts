import { announce, type Message } from '../../message/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { blockTask, type Task } from '../../task/index.js';
import type { Context } from '../operation.js';
import { requireHeld, type GivenClaim } from './claim-of.js';

interface Asked {
  question: string;
  /** Answers that would do. */
  data: { options?: string[] };
  /** Who is asked besides. */
  also?: string[];
  priority?: number;
}

/**
 * A claim pauses until somebody answers: the person and the lead are asked, and whoever is named besides. The claim
 * stays, and its lease does not run out meanwhile.
 */
export async function blockClaim(
  tx: Transaction,
  context: Context,
  given: GivenClaim,
  { question, data, also = [], priority = 2 }: Asked,
): Promise<{ task: Task; message: Message }> {
  const { claim } = await requireHeld(tx, context, given);
  const task = await blockTask(tx, claim, question);
  const message = await announce(tx, {
    ...{ type: 'BLOCKER', task, body: question, priority, also, data },
    ...defined({ from: context.actor.agentId }),
  });
  return { task, message };
}
