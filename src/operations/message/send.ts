import { requireCarries, SENDABLE, type SendableType } from '../../message/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { dataOf, DATA_FIELDS } from './data.js';
import { requireMayInstruct } from './may-instruct.js';
import { sendAnswer } from './send-answer.js';
import { sendBlocker } from './send-blocker.js';
import { sendPlain } from './send-plain.js';
import { sendQuery } from './send-query.js';
import { sendReviewRequest } from './send-review-request.js';
import { sendReviewResult } from './send-review-result.js';
import { showSent, type Sending, type Sent } from './sent.js';

export const send = defineOperation({
  name: 'send',
  rights: EVERYBODY,
  help: 'Send a message to an agent, to whoever holds a task, or to a role',
  examples: [
    'callsheet send QUESTION --to lead "May I rename the table?"',
    'callsheet send QUERY "Which port does the API listen on?"',
    'callsheet send REVIEW_REQUEST --to reviewers "The limiter works" --path src/limit.js',
    'callsheet send INSTRUCTION --to task-3 "Use the existing index"',
  ],
  input: {
    type: {
      kind: 'choice',
      choices: SENDABLE,
      positional: true,
      required: true,
      placeholder: 'TYPE',
      help: 'What it is',
    },
    body: { kind: 'text', positional: true, required: true, maxChars: 16_000, help: 'What it says' },
    to: {
      kind: 'name',
      placeholder: 'AGENT|TASK|ROLE',
      help: 'A name, a task, human, lead, workers or all; who else hears of a BLOCKER; who reviews (default: anybody). A QUERY goes to the notes, an ANSWER to who asked',
    },
    replyTo: { kind: 'name', placeholder: 'ID', help: 'The message that this one answers' },
    priority: { kind: 'integer', short: 'p', min: 1, max: 10, help: '1 is most urgent, 5 the default' },
    task: { kind: 'name', placeholder: 'ID', help: 'The task that it is about' },
    ...DATA_FIELDS,
  },
  async run(context, input) {
    requireMayInstruct(context, input.type);
    requireCarries(input.type, dataOf(input));
    return SENDERS[input.type]({ context, input, from: await context.agentId() });
  },
  show: showSent,
});

/** What each type does besides reaching somebody. */
const SENDERS: Readonly<Record<SendableType, (sending: Sending) => Promise<Sent>>> = {
  QUERY: sendQuery,
  QUESTION: sendPlain,
  ANSWER: sendAnswer,
  BLOCKER: sendBlocker,
  INSTRUCTION: sendPlain,
  REVIEW_REQUEST: sendReviewRequest,
  REVIEW_RESULT: sendReviewResult,
};
