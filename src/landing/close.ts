import { announce } from '../message/index.js';
import { resolveConflictsOf } from '../conflict/index.js';
import { finishTask, requireTask, sendToLanding, type Claim, type Task } from '../task/index.js';
import type { Transaction } from '../store/index.js';
import { endLanding, type Landing } from './landing.js';

/** Ends a landed task: landing, task, conflicts and what waited for it, in one transaction. */
export async function closeTask(tx: Transaction, claim: Claim, commit: string, landing: Landing | undefined): Promise<{ task: Task; freed: Task[] }> {
  const before = await requireTask(tx, claim.taskId);
  if (before.state === 'running') await sendToLanding(tx, claim);
  if (landing !== undefined) await endLanding(tx, landing, 'landed');
  const { task, freed } = await finishTask(tx, claim, commit);
  await resolveConflictsOf(tx, claim.taskId, `landed as ${commit}`);
  const frees = freed.length === 0 ? '' : ` Ready now: ${freed.map((each) => each.id).join(', ')}.`;
  await announce(tx, { type: 'PROGRESS', task, body: `${task.id} landed as ${commit.slice(0, 10)}.${frees}` });
  return { task, freed };
}
