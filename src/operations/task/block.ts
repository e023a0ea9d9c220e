import { announce } from '../../message/index.js';
import { defined } from '../../store/index.js';
import { blockTask } from '../../task/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { requireHeld } from './claim-of.js';
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
      const { claim } = await requireHeld(tx, context, input);
      const task = await blockTask(tx, claim, input.question);
      const message = await announce(tx, {
        type: 'BLOCKER',
        task,
        body: input.question,
        priority: 2,
        ...(input.option.length === 0 ? {} : { data: { options: input.option } }),
        ...defined({ from: context.actor.agentId }),
      });
      return { id: task.id, attempt: task.attempt, state: task.state, question: message.id };
    });
  },
  show: ({ id, question }) =>
    `${id} is blocked and stays yours. It goes on when somebody answers: callsheet answer ${question} "…"`,
});
