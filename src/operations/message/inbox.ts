import { acknowledge, inboxOf, markDelivered } from '../../message/index.js';
import { recipientsOf } from '../../team/index.js';
import { namesOf } from '../names.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { inboxDocument, showMessage } from './document.js';

export const inbox = defineOperation({
  name: 'inbox',
  rights: EVERYBODY,
  help: 'Show the messages for you that you have not acknowledged',
  input: {
    ack: { kind: 'flag', help: 'Acknowledge what is shown' },
    all: { kind: 'flag', help: 'Those that you have acknowledged too' },
  },
  async run(context, input) {
    const recipients = recipientsOf({ id: await context.agentId(), role: context.actor.role });
    return context.sheet.store.transaction(async (tx) => {
      const items = await inboxOf(tx, recipients, { unacknowledgedOnly: !input.all });
      const ids = items.map(({ message }) => message.id);
      // Printed is delivered; whether it was read is for the reader to say.
      await markDelivered(tx, recipients, ids);
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
