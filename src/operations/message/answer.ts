import { defined } from '../../store/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { giveAnswer } from './give-answer.js';

export const answer = defineOperation({
  name: 'answer',
  rights: EVERYBODY,
  help: 'Answer a question that you were asked, or as a person or lead any; a task that was blocked by it goes on',
  examples: ['callsheet answer q-3 "Yes, keep it until v3"'],
  input: {
    question: {
      kind: 'name',
      positional: true,
      required: true,
      placeholder: 'QUESTION',
      help: 'Its id, q-3; see: callsheet status',
    },
    text: { kind: 'text', positional: true, required: true, maxChars: 16_000, help: 'The answer' },
  },
  async run(context, input) {
    const from = await context.agentId();
    const { question, answer, resumed, resume } = await context.sheet.store.transaction((tx) =>
      giveAnswer(tx, context, { questionId: input.question, from, text: input.text }),
    );
    return {
      ...{ question: question.id, answer: answer.id, text: input.text },
      ...defined({ task: question.taskId, resumed: resumed?.id, resume }),
    };
  },
  show: ({ question, resumed, resume }) => {
    if (resumed === undefined) return `Answered ${question}.`;
    return `Answered ${question}. ${resumed} goes on${resume === undefined ? '.' : ` with the run: ${resume}`}`;
  },
});
