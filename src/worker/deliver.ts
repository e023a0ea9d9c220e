import type { Session } from '../driver/index.js';
import { inboxOf, markDelivered, type InboxItem } from '../message/index.js';
import type { Store } from '../store/index.js';

/** Says to a running agent what waits for it. A driver that cannot deliver leaves it in the inbox. */
export async function deliverTo(store: Store, agentId: string, session: Session): Promise<void> {
  for (const { message } of await waitingFor(store, agentId)) {
    const answer = await session.send(`${message.type} from ${message.from ?? 'callsheet'}:\n${message.body}`);
    if (answer !== 'delivered') return;
    await store.transaction((tx) => markDelivered(tx, [agentId], [message.id]));
  }
}

/** What stood in the brief was delivered with it. */
export async function markBriefed(store: Store, agentId: string, taskId: string): Promise<void> {
  const waiting = (await waitingFor(store, agentId)).map((each) => each.message);
  const told = waiting.filter((each) => each.taskId === taskId || each.type === 'INSTRUCTION');
  if (told.length === 0) return;
  await store.transaction((tx) => markDelivered(tx, [agentId], told.map((each) => each.id)));
}

async function waitingFor(store: Store, agentId: string): Promise<InboxItem[]> {
  return (await inboxOf(store, [agentId], { unacknowledgedOnly: true })).filter((each) => each.state === 'queued');
}
