import { describeData, type InboxItem, type Message } from '../../message/index.js';
import { defined } from '../../store/index.js';
import { plainText, quoted } from '../../text/index.js';
import { iso } from '../time.js';

/** A message as every face shows it. */
export function messageDocument(message: Message, names: ReadonlyMap<string, string>) {
  const { id, type, body, data, priority, replyTo, question } = message;
  const to = message.to
    .split(', ')
    .map((each) => names.get(each) ?? each)
    .join(', ');
  return defined({
    ...{ id, type, to, body, data, priority, replyTo, question },
    from: message.from === undefined ? 'callsheet' : (names.get(message.from) ?? message.from),
    run: message.runId,
    task: message.taskId,
    attempt: message.attempt,
    at: iso(message.createdAt),
  });
}

export type MessageDocument = ReturnType<typeof messageDocument>;

export function inboxDocument(item: InboxItem, names: ReadonlyMap<string, string>) {
  return { ...messageDocument(item.message, names), state: item.state };
}

/** A message for people: what it is in one line, what it says quoted. */
export function showMessage(message: MessageDocument): string {
  const about = message.task === undefined ? '' : ` about ${message.task}`;
  const isOpen = message.question === 'open';
  const head = `${message.id} ${message.type} from ${message.from}${about}, ${message.at}`;
  return [
    head,
    quoted(plainText([message.body, ...describeData(message)].join('\n'))),
    ...(isOpen ? [`  callsheet answer ${message.id} "…"`] : []),
  ].join('\n');
}
