import type { Agent } from '../agent/index.js';
import type { Store } from '../store/index.js';
import { findTasks, nextOffer } from '../task/index.js';
import { mailWaits } from './mail.js';

/** What waits for a session that has nothing to do: a message, or for a worker a task. Changes nothing. */
export async function workWaiting(store: Store, agent: Agent): Promise<'mail' | 'task' | undefined> {
  if (await mailWaits(store, agent)) return 'mail';
  return (await mayBeGiven(store, agent)) ? 'task' : undefined;
}

/** Looked at before anything is written: what is written wakes all others who wait. */
export async function mayBeGiven(store: Store, agent: Agent): Promise<boolean> {
  if (agent.follows !== true) return false;
  const now = store.clock.now();
  return (
    ((await nextOffer(store, agent, now)) ?? now + 1) <= now &&
    (await findTasks(store, { claimedBy: agent.id })).length === 0
  );
}
