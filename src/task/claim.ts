import { appendEvent } from '../event/index.js';
import { numberOf, type Row, type Transaction } from '../store/index.js';
import { openAttempt } from './attempt.js';
import { toTask } from './row.js';
import { claimCertain, claimNext } from './task.sql.js';
import type { Claim, Task } from './task.js';

// 90 s: three missed beats of 30 s. Shorter steals work from agents that think long before their next sign of
// life; longer leaves a crashed worker's task held.
export const DEFAULT_LEASE_MS = 90_000;
/** A claim by hand lasts 2 h and is renewed by any command of its owner. */
export const HAND_LEASE_MS = 2 * 3_600_000;

export interface Claimant {
  id: string;
  name: string;
  speciality?: string;
}

export type GrantedClaim = Claim & { task: Task; leaseExpiresAt: number };

/** Claims the next stand-alone task that is ready, or answers undefined when there is none for this agent. */
export async function claimNextTask(
  tx: Transaction,
  agent: Claimant,
  leaseMs: number,
): Promise<GrantedClaim | undefined> {
  const row = await tx.get(claimNext(valuesOf(tx, agent, leaseMs), agent.speciality));
  return row === undefined ? undefined : granted(tx, row, agent);
}

/** Claims one certain task when it is ready, or answers undefined. */
export async function claimTask(
  tx: Transaction,
  taskId: string,
  agent: Claimant,
  leaseMs: number,
): Promise<GrantedClaim | undefined> {
  const row = await tx.get(claimCertain(taskId, valuesOf(tx, agent, leaseMs)));
  return row === undefined ? undefined : granted(tx, row, agent);
}

function valuesOf(tx: Transaction, agent: Claimant, leaseMs: number) {
  return { agentId: agent.id, agentName: agent.name, nowMs: tx.now, leaseMs };
}

async function granted(tx: Transaction, row: Row, agent: Claimant): Promise<GrantedClaim> {
  const task = toTask(row);
  const claim = { taskId: task.id, attempt: task.attempt };
  await openAttempt(tx, claim, agent.id);
  await appendEvent(tx, {
    type: 'task.claimed',
    taskId: task.id,
    attempt: claim.attempt,
    agentId: agent.id,
    ...(task.runId === undefined ? {} : { runId: task.runId }),
    data: { state: 'running', agent: agent.name },
  });
  return { ...claim, task, leaseExpiresAt: numberOf(row, 'lease_expires_ms') };
}
