import { releaseTask } from '../../task/index.js';
import { oneLine } from '../../text/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { requireHeld } from './claim-of.js';
import { CLAIM_FIELDS } from './fields.js';
import { closeClaim, tellProgress } from '../../team/index.js';

export const taskRelease = defineOperation({
  name: 'task.release',
  rights: EVERYBODY,
  help: 'Give a task back, so that somebody else can take it',
  input: {
    ...CLAIM_FIELDS,
    reason: { kind: 'text', positional: true, maxChars: 2_000, help: 'Why' },
  },
  async run(context, input) {
    const { actor } = context;
    const reason = input.reason ?? `given back by ${actor.name}`;
    return context.sheet.store.transaction(async (tx) => {
      const { claim } = await requireHeld(tx, context, input);
      const task = await releaseTask(tx, claim, reason);
      await closeClaim(tx, claim);
      await tellProgress(
        tx,
        task,
        `${task.id} was given back: ${oneLine(reason, 300)}. Ready now: ${task.id}.`,
        actor.agentId,
      );
      return { id: task.id, attempt: claim.attempt, state: task.state, reason };
    });
  },
  show: ({ id }) => `${id} is ready again for whoever takes it.`,
});
