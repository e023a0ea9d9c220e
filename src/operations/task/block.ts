import { defineOperation, EVERYBODY } from '../operation.js';
import { blockClaim } from './block-claim.js';
import { CLAIM_FIELDS } from './fields.js';

export const taskBlock = defineOperation({
  name: 'task.block',
  rights: EVERYBODY,
  help: 'Say that a task cannot go on without an answer',
  examples: ['callsheet task block task-3 "Keep the v1 session cookie?"'],
  input: {
    ...CLAIM_FIELDS,
    question: {
      kind: 'text',
      positional: true,
      required: true,
      maxChars: 4_000,
      help: 'What must be answered or decided',
    },
    option: { kind: 'text', many: true, maxChars: 500, help: 'An answer that would do' },
  },
  async run(context, input) {
    return context.sheet.store.transaction(async (tx) => {
      const data = input.option.length === 0 ? {} : { options: input.option };
      const { task, message } = await blockClaim(tx, context, input, { question: input.question, data });
      return { id: task.id, attempt: task.attempt, state: task.state, question: message.id };
    });
  },
  show: ({ id, question }) =>
    `${id} is blocked and stays yours. It goes on when somebody answers: callsheet answer ${question} "…"`,
});
