import { CallsheetError } from '../error/index.js';
import type { CommitId } from '../git/index.js';
import { integrationBranch, integrationRef } from '../run/index.js';
import type { Site } from '../workspace/index.js';
import { findLandings } from './landing.js';

/** Where the integration branch is. @throws {CallsheetError} `INTEGRATION_GONE`. */
export async function integrationHead({ repository, run }: Site): Promise<CommitId> {
  const head = await repository.resolve(integrationRef(run.id));
  if (head !== undefined) return head;
  const branch = integrationBranch(run.id);
  throw new CallsheetError(
    'INTEGRATION_GONE',
    `The integration branch ${branch} of ${run.id} is gone. Nothing was moved.`,
    {
      exit: 'failed',
      hint: `Bring it back with what has landed on it: callsheet resume ${run.id}`,
    },
  );
}

/**
 * Makes the integration branch when there is none: where the run began, or, when it was deleted or a power cut took
 * it, at the newest landing that git still has.
 */
export async function ensureIntegrationBranch(site: Site): Promise<void> {
  const { repository, run } = site;
  const ref = integrationRef(run.id);
  if ((await repository.resolve(ref)) !== undefined) return;
  await repository.updateRef(ref, (await newestLanded(site)) ?? run.baseCommit, undefined);
}

async function newestLanded({ store, repository, run }: Site): Promise<CommitId | undefined> {
  const landed = await findLandings(store, { runId: run.id, states: ['landed'] });
  let newest: CommitId | undefined;
  for (const { commit } of landed) {
    if (commit === undefined || (await repository.resolve(commit)) === undefined) continue;
    // They came into the queue in one order and may have landed in another.
    if (newest === undefined || (await repository.isAncestor(newest, commit))) newest = commit;
  }
  return newest;
}
