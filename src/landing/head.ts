import { CallsheetError, usageError } from '../error/index.js';
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

/** The ref that a queue leads to. */
export function queueRef({ run, into }: Site): string {
  return into === undefined ? integrationRef(run.id) : `refs/heads/${into}`;
}

/** Where the branch is that a queue leads to. @throws {CallsheetError} `INTEGRATION_GONE`, `BRANCH_UNKNOWN`. */
export async function queueHead(site: Site): Promise<CommitId> {
  if (site.into === undefined) return integrationHead(site);
  const head = await site.repository.resolve(queueRef(site));
  if (head !== undefined) return head;
  throw usageError(
    'BRANCH_UNKNOWN',
    `There is no branch ${site.into} any more. Nothing was moved.`,
    'See the branches: git branch',
  );
}

/**
 * Moves the integration branch when it still is at `head`; false when somebody has moved it.
 * @throws {CallsheetError} `INTEGRATION_HELD` when a checkout has it: what landed would look like changes there, and
 * the next commit made in it would take the landed work back.
 */
export async function moveIntegration(
  { repository, run }: Site,
  to: CommitId,
  head: CommitId,
): Promise<boolean> {
  const branch = integrationBranch(run.id);
  const holder = await repository.holderOf(branch);
  if (holder === undefined) return repository.updateRef(integrationRef(run.id), to, head);
  throw new CallsheetError(
    'INTEGRATION_HELD',
    `${branch} ${holder.why} in ${holder.path}, so nothing can land on it. Nothing was moved.`,
    {
      exit: 'failed',
      hint: `Switch to another branch there (to look at it: git switch --detach ${branch}), then: callsheet resume ${run.id}`,
      data: holder,
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
