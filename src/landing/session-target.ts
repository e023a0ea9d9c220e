import { CallsheetError } from '../error/index.js';
import { shellWord } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { forward, type Step, type Target } from './forward.js';
import type { SessionBranch } from './landing.js';

/** The branch that a session's goes onto. */
export function sessionTarget({ branch, into }: Pick<SessionBranch, 'branch' | 'into'>): Target {
  const [from, onto] = [shellWord(branch), shellWord(into)];
  return {
    branch: into,
    again: `callsheet land --branch ${from} --into ${onto}`,
    byHand: `git switch ${onto} && git merge ${from}`,
  };
}

/**
 * Moves the branch that a session's goes onto when it still is where the test began; false when somebody has moved it.
 * @throws {CallsheetError} `LAND_DIRTY`, `LAND_HELD`, `LAND_HALF_DONE`.
 */
export async function moveSessionTarget(
  { repository }: Site,
  session: SessionBranch,
  step: Step,
): Promise<boolean> {
  try {
    await forward(repository, sessionTarget(session), step);
    return true;
  } catch (error) {
    if (error instanceof CallsheetError && error.code === 'LAND_MOVED') return false;
    throw error;
  }
}
