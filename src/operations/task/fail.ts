import { failAttempt, hasEnded } from '../../task/index.js';
import { oneLine } from '../../text/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { requireHeld } from './claim-of.js';
import { CLAIM_FIELDS } from './fields.js';
import { closeClaim, tellProgress, whatNext } from '../../team/index.js';

export const taskFail = defineOperation({
  name: 'task.fail',
  rights: EVERYBODY,
  help: 'Say that an attempt did not succeed, and why',
  input: {
    ...CLAIM_FIELDS,
    reason: { kind: 'text', positional: true, required: true, maxChars: 4_000, help: 'Why it did not work' },
  },
  async run(context, input) {
    const task = await context.sheet.store.transaction(async (tx) => {
      const { claim } = await requireHeld(tx, context, input);
      const failed = await failAttempt(tx, claim, input.reason);
      await closeClaim(tx, claim);
      const body = `Attempt ${claim.attempt} at ${claim.taskId} failed: ${oneLine(input.reason, 300)}. ${whatNext(failed)}`;
      await tellProgress(tx, failed, body, context.actor.agentId);
      return failed;
    });
    const { id, attempt, state, failures, maxAttempts } = task;
    return { id, attempt, state, failures, maxAttempts, reason: input.reason, isFinal: hasEnded(state) };
  },
  show: ({ id, state, failures, maxAttempts }) =>
    state === 'failed'
      ? `${id} has failed: its ${maxAttempts} attempts are used up. To try again: callsheet task retry ${id}`
      : `Noted. ${id} is offered again (${failures} of ${maxAttempts} attempts used).`,
});
