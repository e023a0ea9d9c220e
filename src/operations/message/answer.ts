import { answerQuestion, type Message } from '../../message/index.js';
import { findRun } from '../../run/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { findTask, resumeTask, type Task } from '../../task/index.js';
import { defineOperation, LEADERS } from '../operation.js';
import { hasEngine } from '../status/index.js';
import { usualLeaseMs } from '../task/claim-of.js';

export const answer = defineOperation({
  name: 'answer',
  rights: LEADERS,
  help: 'Answer a question; a task that was blocked by it goes on',
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
    return context.sheet.store.transaction(async (tx) => {
      const answered = await answerQuestion(tx, { questionId: input.question, from, text: input.text });
      const resumed = await resumeAsked(tx, answered.question, input.text);
      return {
        ...{ question: answered.question.id, answer: answered.answer.id, text: input.text },
        ...defined({
          task: answered.question.taskId,
          resumed: resumed?.id,
          resume: await resumeCommand(tx, resumed?.runId),
        }),
      };
    });
  },
  show: ({ question, resumed, resume }) => {
    if (resumed === undefined) return `Answered ${question}.`;
    return `Answered ${question}. ${resumed} goes on${resume === undefined ? '.' : ` with the run: ${resume}`}`;
  },
});

/** What carries the run on when no engine does. */
async function resumeCommand(tx: Transaction, runId: string | undefined): Promise<string | undefined> {
  const run = runId === undefined ? undefined : await findRun(tx, runId);
  return run === undefined || hasEngine(run) ? undefined : `callsheet resume ${run.id}`;
}

/** The task goes on when it is still this attempt that was blocked, and nothing else blocks it. */
async function resumeAsked(tx: Transaction, question: Message, text: string): Promise<Task | undefined> {
  const task = question.taskId === undefined ? undefined : await findTask(tx, question.taskId);
  if (task?.state !== 'blocked' || task.attempt !== question.attempt || question.type !== 'BLOCKER')
    return undefined;
  return resumeTask(tx, task.id, usualLeaseMs(task), { question: question.id, answer: text });
}
