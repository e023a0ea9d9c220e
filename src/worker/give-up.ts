import { CallsheetError, explainedDisk, isDiskFull, messageOf } from '../error/index.js';
import { findTask, type Claim } from '../task/index.js';
import { inputsHash, isPreparedSomewhere, type Site } from '../workspace/index.js';
import { attemptFolder } from '../workspace/index.js';
import { fail, failHeld, interrupt, letGo } from './end-attempt.js';
import type { Post, StopReason, WorkerPlace } from './place.js';

/** What keeps a workspace from being made ready, and would do so for every task: it is the run's trouble, not the task's. */
export interface Obstacle {
  error: CallsheetError;
}

/**
 * The attempt could not be run: setup failed, the agent could not be started, or it was stopped before that; or its
 * agent has run (`hasRun`), and what it left cannot be taken.
 */
export async function giveUp(
  { site }: WorkerPlace,
  { claim }: Post,
  thrown: unknown,
  { wanted, hasRun }: { wanted: StopReason | undefined; hasRun: boolean },
): Promise<Obstacle | undefined> {
  const error = explainedDisk(thrown);
  const task = await findTask(site.store, claim.taskId);
  if (task?.attempt !== claim.attempt || task.state !== 'running') return undefined;
  if (keepsAllFromGoingOn(error)) return holdBack(site, claim, error);
  if (wanted === 'engine') {
    await interrupt(site, claim, attemptFolder(site, claim), 'the run was stopped');
    return undefined;
  }
  // Held back and let go on again before it had ended: it is taken up anew.
  if (wanted !== undefined) return undefined;
  if (hasRun) {
    const reason = `its work could not be committed: ${messageOf(error)}`;
    await fail(site, claim, attemptFolder(site, claim), reason);
    return undefined;
  }
  const obstacle = await obstacleIn(site, error);
  if (obstacle !== undefined) await letGo(site, claim, 'its workspace could not be prepared');
  else await failHeld(site, claim, `could not be run: ${messageOf(error)}`);
  return obstacle;
}

const OF_SURROUNDINGS = ['GIT_LOCKED', 'SHEET_FOLDER'];

/** A full disk, a lock of a git that nobody knows, a link where logs are kept: a person has to see to it, and it is no attempt's fault. */
function keepsAllFromGoingOn(error: unknown): error is CallsheetError {
  return isDiskFull(error) || (error instanceof CallsheetError && OF_SURROUNDINGS.includes(error.code));
}

/**
 * The attempt is given back and costs nothing. When not even a snapshot can be made, it stays as it is, and is gone on
 * with in its workspace.
 */
async function holdBack(site: Site, claim: Claim, error: CallsheetError): Promise<Obstacle> {
  try {
    await interrupt(site, claim, attemptFolder(site, claim), error.message);
  } catch (again) {
    if (!keepsAllFromGoingOn(explainedDisk(again))) throw again;
  }
  return { error };
}

const OF_PREPARATION = ['SETUP_FAILED', 'COPY_FAILED', 'COPY_NOT_IGNORED'];

// What has worked in this run with the same inputs is a setup that fails now and then; the next attempt may do.
async function obstacleIn(site: Site, error: unknown): Promise<Obstacle | undefined> {
  if (!(error instanceof CallsheetError) || !OF_PREPARATION.includes(error.code)) return undefined;
  const inputs = await inputsHash(site, site.run.baseCommit);
  return (await isPreparedSomewhere(site.store, site.run.id, inputs)) ? undefined : { error };
}
