import { usageError } from '../../error/index.js';
import { acknowledge, inboxOf, markDelivered, type InboxItem } from '../../message/index.js';
import type { Transaction } from '../../store/index.js';
import { recipientsOf } from '../../team/index.js';
import { oneLine, plainText } from '../../text/index.js';
import { namesOf } from '../names.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { inboxDocument, showMessage } from './document.js';

export const inbox = defineOperation({
  name: 'inbox',
  rights: EVERYBODY,
  help: 'Show the messages for you that you have not acknowledged',
  input: {
    id: { kind: 'name', positional: true, placeholder: 'ID', help: 'One of them, acknowledged or not' },
    ack: { kind: 'flag', help: 'Acknowledge what is shown' },
    all: { kind: 'flag', help: 'Those that you have acknowledged too' },
  },
  async run(context, input) {
    const reader = { id: await context.agentId(), role: context.actor.role };
    return context.sheet.store.transaction(async (tx) => {
      const recipients = await recipientsOf(tx, reader);
      const items = await itemsOf(tx, recipients, input);
      const ids = items.map(({ message }) => message.id);
      // Printed is delivered; whether it was read is for the reader to say.
      await markDelivered(tx, recipients, ids, reader.id);
      const acknowledged = input.ack ? await acknowledge(tx, recipients, ids) : [];
      const names = await namesOf(
        tx,
        items.flatMap(({ message }) => [message.from, ...message.to.split(', ')]),
      );
      return { messages: items.map((item) => inboxDocument(item, names)), acknowledged };
    });
  },
  show({ messages, acknowledged }) {
    if (messages.length === 0) return 'No new messages.';
    const hint = acknowledged.length > 0 ? [] : ['', 'When you have read them: callsheet inbox --ack'];
    return [...messages.map(showMessage), ...hint].join('\n');
  },
});

async function itemsOf(
  tx: Transaction,
  recipients: string[],
  { id, all }: { id?: string; all: boolean },
): Promise<InboxItem[]> {
  if (id === undefined) return inboxOf(tx, recipients, { unacknowledgedOnly: !all });
  const items = await inboxOf(tx, recipients, { id });
  if (items.length > 0) return items;
  throw usageError(
    'MESSAGE_UNKNOWN',
    `There is no message “${oneLine(plainText(id), 60)}” for you.`,
    'See what was said to you: callsheet inbox --all',
  );
}
