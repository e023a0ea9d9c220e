import type { Event } from '../event/index.js';
import { defined } from '../store/index.js';
import { iso } from './time.js';

/**
 * An event as every JSON output shows it: ISO time, names instead of agent ids.
 * @param names The names of agents by id; an id without one stands for itself.
 */
export function eventDocument(event: Event, names: ReadonlyMap<string, string>) {
  const { seq, at, type, runId, taskId, attempt, agentId, data } = event;
  const agent = agentId === undefined ? undefined : (names.get(agentId) ?? agentId);
  return defined({ seq, at: iso(at), type, run: runId, task: taskId, attempt, agent, data });
}

export type EventDocument = ReturnType<typeof eventDocument>;
