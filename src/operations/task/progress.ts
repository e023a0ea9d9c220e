import { usageError } from '../../error/index.js';
import { fileHash, recordReads, type Read } from '../../read/index.js';
import { appendEvent } from '../../event/index.js';
import { defined } from '../../store/index.js';
import { oneLine } from '../../text/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { iso } from '../time.js';
import { requireHeld } from './claim-of.js';
import { CLAIM_FIELDS } from './fields.js';

export const taskProgress = defineOperation({
  name: 'task.progress',
  rights: EVERYBODY,
  help: 'Say how far a task is',
  examples: ['callsheet task progress task-3 "the limiter works, tests are next" --read src/app.js'],
  input: {
    ...CLAIM_FIELDS,
    text: { kind: 'text', positional: true, required: true, maxChars: 2_000, help: 'How far it is' },
    read: { kind: 'path', many: true, help: 'A file that the work relies on as it is now' },
  },
  async run(context, input) {
    const reads: Read[] = [];
    for (const path of input.read) {
      const hash = await fileHash(context.sheet.root, path);
      if (hash === undefined) throw noFile(path);
      reads.push({ path, hash });
    }
    const { claim, leaseExpiresAt } = await context.sheet.store.transaction(async (tx) => {
      const held = await requireHeld(tx, context, input);
      await recordReads(tx, held.claim, reads);
      await appendEvent(tx, {
        type: 'task.progress',
        ...held.claim,
        ...defined({ runId: held.task.runId, agentId: context.actor.agentId }),
        data: { text: input.text, paths: input.read },
      });
      return held;
    });
    return {
      id: claim.taskId,
      attempt: claim.attempt,
      text: input.text,
      leaseExpiresAt: iso(leaseExpiresAt),
    };
  },
  show: ({ id, text }) => `Noted for ${id}: ${oneLine(text, 80)}`,
});

function noFile(path: string): Error {
  return usageError(
    'READ_NO_FILE',
    `${path} is no file. Nothing was recorded.`,
    'Name the files that you have read.',
  );
}
