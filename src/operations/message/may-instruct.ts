import { CallsheetError } from '../../error/index.js';
import { LEADERS, type Context } from '../operation.js';

/** Steering is for people and leads: an agent that could instruct others would have their rights. */
export function requireMayInstruct({ actor }: Context, type: string): void {
  if (type !== 'INSTRUCTION' || LEADERS.includes(actor.role)) return;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${actor.name} is a ${actor.role} and may not instruct others; people and the lead may. Nothing was sent.`,
    { hint: 'Ask instead: callsheet send QUESTION --to … "…"' },
  );
}
