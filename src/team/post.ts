import { findAgent, isServerSession } from '../agent/index.js';
import type { Store } from '../store/index.js';
import { mailDelivered, mailFor } from './mail.js';
import { newsDelivered, newsFor } from './notices.js';

/** What waits for a session and rides on an answer. It is true of it only when that has left. */
export interface Post {
  text: string;
  delivered: () => Promise<void>;
}

/** Messages, and for a session without hooks what these would tell it. */
export async function postFor(store: Store, agentId: string): Promise<Post | undefined> {
  const agent = await findAgent(store, agentId);
  if (agent === undefined) return undefined;
  const mail = await mailFor(store, agent);
  const news = isServerSession(agent) ? await newsFor(store, agent.id) : undefined;
  if (mail === undefined && news === undefined) return undefined;
  return {
    text: [mail?.text, news?.text].filter((text) => text !== undefined).join('\n\n'),
    async delivered() {
      if (mail !== undefined) await mailDelivered(store, mail);
      if (news !== undefined) await newsDelivered(store, news);
    },
  };
}
