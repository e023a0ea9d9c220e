import { findAgent } from '../agent/index.js';
import { defined, type Reader } from '../store/index.js';
import { findTasks } from '../task/index.js';
import type { Context } from './operation.js';

/** What a write of this caller is about, as far as it is known without asking. */
export interface Session {
  agentId: string;
  runId?: string;
  taskId?: string;
  attempt?: number;
}

/**
 * The run and the one task that a registered session works on. A person may hold several tasks and do something else,
 * so what a person writes is about no task unless they say so.
 */
export async function sessionOf(reader: Reader, { actor }: Context, agentId: string): Promise<Session> {
  if (actor.role === 'human') return { agentId };
  const agent = await findAgent(reader, agentId);
  const [task, ...others] = await findTasks(reader, { claimedBy: agentId });
  const own = others.length > 0 ? undefined : task;
  return defined({ agentId, runId: agent?.runId ?? own?.runId, taskId: own?.id, attempt: own?.attempt });
}
