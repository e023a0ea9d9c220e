import { fittingNotices, noteDelivered, openNotices, type Notice } from '../notice/index.js';
import type { Reader, Store } from '../store/index.js';

/** What was left for a session, as one text. */
export interface News {
  text: string;
  notices: Notice[];
}

const LONGEST_NEWS = 6_000;

/** What a session without hooks has not been told yet; what does not fit comes with its next step. */
export async function newsFor(reader: Reader, agentId: string): Promise<News | undefined> {
  const notices = fittingNotices(await openNotices(reader, agentId), LONGEST_NEWS);
  if (notices.length === 0) return undefined;
  return { text: notices.map(({ text }) => text).join('\n\n'), notices };
}

/** The answer that carried the news has been sent. */
export async function newsDelivered(store: Store, { notices }: News): Promise<void> {
  await store.transaction((tx) => noteDelivered(tx, notices));
}
