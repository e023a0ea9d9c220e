import type { Reader } from '../../store/index.js';
import { findTasks } from '../../task/index.js';

/** The task that an agent holds, when it is one. */
export async function onlyTaskOf(reader: Reader, agentId: string): Promise<string | undefined> {
  const [task, ...others] = await findTasks(reader, { claimedBy: agentId });
  return others.length > 0 ? undefined : task?.id;
}
