import {
  defined,
  jsonOf,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  textOf,
  type Row,
} from '../store/index.js';
import { MESSAGE_TYPES, QUESTION_STATES, type Message } from './message.js';

/** Maps a row of `message` and refuses one it does not understand. */
export function toMessage(row: Row): Message {
  return defined({
    id: textOf(row, 'id'),
    seq: numberOf(row, 'seq'),
    type: oneOf(row, 'type', MESSAGE_TYPES),
    from: optionalText(row, 'from_agent'),
    to: textOf(row, 'sent_to'),
    runId: optionalText(row, 'run_id'),
    taskId: optionalText(row, 'task_id'),
    attempt: optionalNumber(row, 'attempt'),
    body: textOf(row, 'body'),
    data: jsonOf(row, 'data'),
    priority: numberOf(row, 'priority'),
    replyTo: optionalText(row, 'reply_to'),
    question: row['question'] === null ? undefined : oneOf(row, 'question', QUESTION_STATES),
    createdAt: numberOf(row, 'created_ms'),
  }) as Message; // its data was checked against its type when it was sent
}
