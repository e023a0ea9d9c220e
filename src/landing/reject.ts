import { recordCheckpoint } from '../checkpoint/index.js';
import { saidOfCause, type Evidence } from '../gate/index.js';
import { announce } from '../message/index.js';
import type { Transaction } from '../store/index.js';
import { failAttempt, hasEnded } from '../task/index.js';
import { tailOf } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { howItEnded } from './gate.js';
import { queueHead } from './head.js';
import type { TaskLanding } from './landing.js';
import { changedPremises } from './premises.js';
import { endLanding, withdrawIfLost, type LandingEnd } from './write.js';

/**
 * The gate is red on the merged tree: the task goes back to a worker, who continues from these commits with the
 * gate's last output in the brief.
 */
export async function rejectLanding(site: Site, landing: TaskLanding, evidence: Evidence): Promise<void> {
  const reason = `the gate \`${evidence.gate}\` ${howItEnded(evidence)} on the merged tree (${evidence.id})${becauseOf(evidence, landing)}`;
  const premises = await changedPremises(site, landing, await queueHead(site), []);
  await site.store.transaction(async (tx) => {
    if (await withdrawIfLost(tx, landing)) return;
    await recordCheckpoint(tx, {
      taskId: landing.taskId,
      attempt: landing.attempt,
      done: `The work of attempt ${landing.attempt}; ${reason}.`,
      next: `Make the gate pass. Its last output:\n${tailOf(evidence.outputTail, 30)}`,
      questions: [],
      snapshotCommit: landing.headCommit,
    });
    await sendBack(tx, landing, { reason, premises, evidenceId: evidence.id });
  });
}

/** Whose work it most likely was, when it was another's. */
function becauseOf({ likely }: Evidence, { taskId }: TaskLanding): string {
  return likely === undefined || likely.task === taskId ? '' : `, ${saidOfCause(likely)}`;
}

/** Work that has no history in common with the run cannot be merged: the task begins anew. */
export async function rejectUnrelated(site: Site, landing: TaskLanding): Promise<void> {
  await site.store.transaction(async (tx) => {
    if (await withdrawIfLost(tx, landing)) return;
    const reason = `its branch (${landing.headCommit.slice(0, 10)}) has no commit in common with the run's`;
    await sendBack(tx, landing, { reason });
  });
}

async function sendBack(
  tx: Transaction,
  landing: TaskLanding,
  end: Omit<LandingEnd, 'state'>,
): Promise<void> {
  const { reason } = end;
  await endLanding(tx, landing, { state: 'rejected', ...end });
  const task = await failAttempt(tx, landing, reason);
  const next = hasEnded(task.state)
    ? `Its attempts are used up: callsheet task retry ${task.id}`
    : 'It is tried again.';
  await announce(tx, { type: 'PROGRESS', task, body: `${task.id} did not land: ${reason}. ${next}` });
}
