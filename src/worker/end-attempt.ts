import { recordCheckpoint } from '../checkpoint/index.js';
import type { CommitId } from '../git/index.js';
import { announce, withdrawQuestions } from '../message/index.js';
import type { Snapshot } from '../snapshot/index.js';
import { defined, type Transaction } from '../store/index.js';
import { failAttempt, findAttempt, findTask, hasEnded, releaseTask, type Claim } from '../task/index.js';
import { mendWorkspace, saveAll, saveWorkspace, type Site } from '../workspace/index.js';

/** Saves what an ended attempt left, when only its workspace has it. */
export async function keep(
  site: Site,
  claim: Claim,
  path: string,
  reason: string,
): Promise<Snapshot | undefined> {
  return (await saveAll(site, { path, ...claim }, reason)).snapshot;
}

/** The attempt did not succeed: its files are saved, and the task is tried again or has failed. */
export async function fail(site: Site, claim: Claim, workspace: string, reason: string): Promise<void> {
  await keep(site, claim, workspace, reason);
  await failHeld(site, claim, reason);
}

/** {@link fail} for an attempt without a workspace. Somebody else may have moved the task meanwhile, who wins. */
export async function failHeld(site: Site, claim: Claim, reason: string): Promise<void> {
  await site.store.transaction(async (tx) => {
    if (!(await isHeld(tx, claim))) return;
    const task = await failAttempt(tx, claim, reason);
    await withdrawQuestions(tx, task.id);
    const next = hasEnded(task.state)
      ? `Its attempts are used up: callsheet task retry ${task.id}`
      : 'It is tried again.';
    await announce(tx, {
      type: 'PROGRESS',
      task,
      body: `Attempt ${claim.attempt} at ${task.id} failed: ${reason}. ${next}`,
    });
  });
}

/** Gives the task back before an agent began: there is nothing to save, and it costs no attempt. */
export async function letGo(site: Site, claim: Claim, reason: string): Promise<void> {
  await site.store.transaction(async (tx) => {
    if (await isHeld(tx, claim)) await releaseTask(tx, claim, reason, 'interrupted');
  });
}

/** Stopped through no fault of its own: what it had is saved as a checkpoint, from which the next attempt goes on. */
export async function interrupt(site: Site, claim: Claim, workspace: string, reason: string): Promise<void> {
  const hadBegun = (await findAttempt(site.store, claim))?.branch !== undefined;
  if (!hadBegun) return letGo(site, claim, reason);
  await keep(site, claim, workspace, reason);
  const files = await filesOf(site, claim, workspace, reason);
  await site.store.transaction(async (tx) => {
    if (!(await isHeld(tx, claim))) return;
    await recordCheckpoint(tx, {
      ...claim,
      done: `Attempt ${claim.attempt} was interrupted: ${reason}. Its files as they were are saved.`,
      next: 'Look at what is there, and go on.',
      questions: [],
      ...defined({ snapshotCommit: files }),
    });
    await withdrawQuestions(tx, claim.taskId);
    await releaseTask(tx, claim, reason, 'interrupted');
  });
}

/**
 * The files to go on from. Without what `keep:` saves besides: ignored files that came into a branch that way
 * would land.
 */
async function filesOf(
  site: Site,
  claim: Claim,
  path: string,
  reason: string,
): Promise<CommitId | undefined> {
  if ((await mendWorkspace(site, path)) !== 'whole') return undefined;
  const snapshot = await saveWorkspace(site, { path, reason, runId: site.run.id, ...claim });
  return snapshot?.commit ?? site.repository.headOf(path);
}

async function isHeld(tx: Transaction, claim: Claim): Promise<boolean> {
  const task = await findTask(tx, claim.taskId);
  return task?.attempt === claim.attempt && task.state === 'running';
}
