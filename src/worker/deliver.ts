import { findAgent } from '../agent/index.js';
import type { Session } from '../driver/index.js';
import { inboxOf, markDelivered, type InboxItem, type Message } from '../message/index.js';
import type { Reader, Store } from '../store/index.js';
import { plainText } from '../text/index.js';

/** Says to a running agent what waits for it. A driver that cannot deliver leaves it in the inbox. */
export async function deliverTo(store: Store, agentId: string, session: Session): Promise<void> {
  for (const { message } of await waitingFor(store, agentId)) {
    const answer = await session.send(
      `${message.type} from ${await senderOf(store, message)}:\n${plainText(message.body)}`,
    );
    if (answer !== 'delivered') return;
    await markTold(store, agentId, [message.id]);
  }
}

/** These messages have reached the agent, by its brief or by word. */
export async function markTold(store: Store, agentId: string, messageIds: string[]): Promise<void> {
  if (messageIds.length > 0) await store.transaction((tx) => markDelivered(tx, [agentId], messageIds));
}

/** Who says it, by name. */
export async function senderOf(reader: Reader, { from }: Message): Promise<string> {
  return (from === undefined ? undefined : (await findAgent(reader, from))?.name) ?? 'callsheet';
}

async function waitingFor(reader: Reader, agentId: string): Promise<InboxItem[]> {
  return (await inboxOf(reader, [agentId], { unacknowledgedOnly: true })).filter(
    (each) => each.state === 'queued',
  );
}
