import { liveAgents } from '../agent/index.js';
import { leaveNotice } from '../notice/index.js';
import type { Transaction } from '../store/index.js';

interface News {
  /** Each is told of a topic once. */
  topic: string;
  text: string;
  /** Only those who work in this run. Without it: every session of the sheet. */
  runId?: string;
  /** Who knows it already. */
  exceptAgent: string;
}

/** Has every live session told something at its next step. People look for themselves. */
export async function tellSessions(
  tx: Transaction,
  { topic, text, runId, exceptAgent }: News,
): Promise<void> {
  for (const agent of await liveAgents(tx)) {
    if (agent.role === 'human' || agent.id === exceptAgent) continue;
    if (runId === undefined || agent.runId === runId) await leaveNotice(tx, agent.id, { topic, text });
  }
}
