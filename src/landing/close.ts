import { resolveConflictsOf } from '../conflict/index.js';
import { announce } from '../message/index.js';
import type { Transaction } from '../store/index.js';
import { recordLanded, requireTask } from '../task/index.js';
import { findLandings, type Landing } from './landing.js';
import { markLanded, type LandedProof } from './write.js';

/**
 * Ends what has reached the integration branch: landing, task, conflicts, and the waiting of its dependents, in one
 * transaction, and once: an engine that has taken over may have done it already. A task whose next attempt has begun
 * meanwhile goes on with that.
 */
export async function closeLanded(tx: Transaction, landing: Landing, proof: LandedProof): Promise<void> {
  const [recorded] = await findLandings(tx, { taskId: landing.taskId, attempt: landing.attempt });
  if (recorded?.state === 'landed') return;
  await markLanded(tx, landing, proof);
  const before = await requireTask(tx, landing.taskId);
  if (before.attempt > landing.attempt) return;
  const known = {
    summary: `Landed: ${before.title}`,
    files: landing.paths,
    findings: [],
    commit: landing.headCommit,
  };
  const { task, freed } = await recordLanded(tx, landing, proof.commit, known);
  await resolveConflictsOf(tx, task.id, `landed as ${proof.commit}`);
  const frees = freed.length === 0 ? '' : ` Ready now: ${freed.map((each) => each.id).join(', ')}.`;
  await announce(tx, {
    type: 'PROGRESS',
    task,
    body: `${task.id} landed as ${proof.commit.slice(0, 10)}.${frees}`,
  });
}
