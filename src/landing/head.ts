import { CallsheetError } from '../error/index.js';
import type { CommitId } from '../git/index.js';
import { integrationBranch, integrationRef } from '../run/index.js';
import type { Site } from '../workspace/index.js';

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
      hint: `Its commits are in the sheet: callsheet sql "SELECT \\"commit\\" FROM landings WHERE run = '${run.id}'". Put it back: git branch ${branch} COMMIT`,
    },
  );
}
