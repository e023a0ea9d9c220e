import { resolveConflictsOf } from '../conflict/index.js';
import { releaseLocksOfClaim } from '../lock/index.js';
import { announce, withdrawQuestions } from '../message/index.js';
import type { Transaction } from '../store/index.js';
import { noteLanded, recordLanded, requireTask } from '../task/index.js';
import { findLandings, isOfTask, type Landing, type TaskLanding } from './landing.js';
import { markLanded, type LandedProof } from './write.js';

/**
 * Ends what has reached the integration branch: landing, task, conflicts, and the waiting of its dependents, in one
 * transaction, and once: an engine that has taken over may have done it already. A task whose next attempt has begun
 * meanwhile goes on with that.
 */
export async function closeLanded(tx: Transaction, landing: Landing, proof: LandedProof): Promise<void> {
  const [recorded] = await findLandings(tx, { ids: [landing.id] });
  if (recorded?.state === 'landed') return;
  await markLanded(tx, landing, proof);
  if (isOfTask(landing)) await closeTask(tx, landing, proof);
}

async function closeTask(tx: Transaction, landing: TaskLanding, proof: LandedProof): Promise<void> {
  const before = await requireTask(tx, landing.taskId);
  if (before.attempt > landing.attempt) return;
  if (landing.session !== undefined) {
    // Nobody clears up behind a session's claim.
    await releaseLocksOfClaim(tx, landing);
    await withdrawQuestions(tx, landing.taskId);
    if (before.state === 'done') return noteLanded(tx, before, proof.commit);
  }
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
