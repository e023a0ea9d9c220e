import { defineOperation, EVERYBODY } from '../operation.js';
import { iso } from '../time.js';
import { requireHeld } from './claim-of.js';
import { CLAIM_FIELDS } from './fields.js';

export const taskHeartbeat = defineOperation({
  name: 'task.heartbeat',
  rights: EVERYBODY,
  help: 'Say that you still work on a task',
  input: {
    ...CLAIM_FIELDS,
    lease: { kind: 'duration', help: 'Silence allowed from now; default 2h by hand, 90s in a run' },
  },
  async run(context, input) {
    const { claim, leaseExpiresAt } = await context.sheet.store.transaction((tx) =>
      requireHeld(tx, context, input, input.lease),
    );
    return { id: claim.taskId, attempt: claim.attempt, leaseExpiresAt: iso(leaseExpiresAt) };
  },
  show: ({ id, attempt, leaseExpiresAt }) => `${id} (attempt ${attempt}) is yours until ${leaseExpiresAt}`,
});
