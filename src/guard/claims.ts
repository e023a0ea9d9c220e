import { endAgent, findAgent, liveAgents, type Agent } from '../agent/index.js';
import { releaseLock, releaseLocksOfClaim } from '../lock/index.js';
import { announce, withdrawQuestions } from '../message/index.js';
import { forgetMentions } from '../read/index.js';
import type { Reader, Store, Transaction } from '../store/index.js';
import { findTasks, HAND_LEASE_MS, heartbeat, releaseTask, type Task } from '../task/index.js';
import type { Guard } from './guard.js';
import { isLive } from './who.js';

/**
 * Gives back the tasks of a session that has ended, so that others can take them up. One that has come back meanwhile
 * keeps them.
 * @param before Is awaited first where there is any: what the session leaves behind is kept before others go on.
 */
export async function giveBackTasks(
  { store }: Guard,
  { id }: Agent,
  before: () => Promise<void>,
): Promise<void> {
  if ((await tasksOf(store, id)).length === 0) return;
  await before();
  await store.transaction(async (tx) => {
    const agent = await findAgent(tx, id);
    if (agent?.endedAt !== undefined) await giveBack(tx, agent, 'released');
  });
}

/**
 * Looks after the claims of live sessions, whose client's process is their sign of life: where that is gone the session
 * has ended, and its tasks are ready again; where it goes on, a lease that has run out is renewed.
 */
export async function reapSessions(store: Store): Promise<void> {
  if ((await stale(store, store.clock.now())).length === 0) return;
  await store.transaction(async (tx) => {
    for (const { task, agent, isGone } of await stale(tx, tx.now)) {
      if (isGone) await endGone(tx, agent);
      else await heartbeat(tx, { taskId: task.id, attempt: task.attempt }, task.leaseMs ?? HAND_LEASE_MS);
    }
  });
}

/** A session whose client is gone: nobody has said so, and nobody will. */
export async function endGone(tx: Transaction, agent: Agent): Promise<void> {
  if (agent.endedAt === undefined) await endWithSubagents(tx, agent);
  await giveBack(tx, agent, agent.endedAt === undefined ? 'interrupted' : 'released');
}

/** The end of a session is that of its subagents, and of its locks. */
export async function endWithSubagents(tx: Transaction, agent: Agent): Promise<void> {
  for (const each of await liveAgents(tx)) if (each.parentId === agent.id) await endAgent(tx, each.id);
  await releaseLock(tx, { agentId: agent.id, all: true });
  await forgetMentions(tx, agent.id);
  await endAgent(tx, agent.id);
}

interface StaleClaim {
  task: Task;
  agent: Agent;
  isGone: boolean;
}

/** The claims of sessions that have gone, or whose lease has run out. */
async function stale(reader: Reader, nowMs: number): Promise<StaleClaim[]> {
  const found: StaleClaim[] = [];
  for (const task of await tasksOf(reader)) {
    const agent = task.claimedBy === undefined ? undefined : await findAgent(reader, task.claimedBy);
    if (agent?.clientSession === undefined) continue;
    const isGone = !(await isLive(reader, agent));
    // Without a process there is no sign of life but the lease.
    const isOut = agent.pid !== undefined && (task.leaseExpiresAt ?? nowMs) <= nowMs;
    if (isGone || isOut) found.push({ task, agent, isGone });
  }
  return found;
}

/** What runs of no run. One that is blocked or paused waits for a person, who decides about it. */
function tasksOf(reader: Reader, claimedBy?: string): Promise<Task[]> {
  const filter = { states: ['running'], standAlone: true } as const;
  return findTasks(reader, claimedBy === undefined ? filter : { ...filter, claimedBy });
}

async function giveBack(
  tx: Transaction,
  { id, name }: Agent,
  outcome: 'released' | 'interrupted',
): Promise<void> {
  const reason = `the session of ${name} has ${outcome === 'released' ? 'ended' : 'gone without a word'}`;
  for (const { id: taskId, attempt } of await tasksOf(tx, id)) {
    const claim = { taskId, attempt };
    const task = await releaseTask(tx, claim, reason, outcome);
    await releaseLocksOfClaim(tx, claim);
    await withdrawQuestions(tx, taskId);
    const body = `${taskId} was given back: ${reason}. Ready now: ${taskId}.`;
    await announce(tx, { type: 'PROGRESS', task, body, from: id });
  }
}
