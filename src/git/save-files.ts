import { CallsheetError } from '../error/index.js';
import { readIdentity } from './identity.js';
import { locateRepository } from './locate-repository.js';
import { noObject } from './object-id.js';
import { toRaw } from './parse-status.js';
import { headOf } from './refs.js';
import type { CommitId } from './repository.js';
import { gitLine, runGit } from './run-git.js';
import { stageAll } from './stage.js';
import { withTemporaryIndex } from './temporary-index.js';

/**
 * Saves files of a checkout as they are now, also such as are gone or ignored, as a commit on top of its HEAD that
 * changes nothing else, under a new ref. Neither the checkout's index nor its files are touched, and no other file is
 * looked at.
 * @param paths Relative to the checkout's top.
 * @throws {CallsheetError} `NOT_A_WORKSPACE`, and what git says of a file that it cannot take.
 */
export async function saveFiles(
  checkout: string,
  paths: readonly string[],
  { ref, message }: { ref: string; message: string },
): Promise<CommitId> {
  const located = locateRepository(checkout);
  if (located === undefined)
    throw new CallsheetError('NOT_A_WORKSPACE', `${checkout} is no checkout, so nothing was saved of it.`);
  return withTemporaryIndex(located, checkout, async ({ env }) => {
    const head = await headOf(checkout);
    // The index of the checkout may hold what is to be committed next: that is no part of these files.
    await runGit(checkout, ['read-tree', ...(head === undefined ? ['--empty'] : [head])], { env });
    await stageAll(checkout, paths.map(toRaw), env);
    const tree = await gitLine(checkout, ['write-tree'], { env });
    const parent = head === undefined ? [] : ['-p', head];
    const identity = await readIdentity(checkout);
    const commit = await gitLine(checkout, ['commit-tree', tree, ...parent, '-F', '-'], {
      input: message,
      env: identity,
    });
    await runGit(checkout, ['update-ref', '--no-deref', '--', ref, commit, noObject(commit)]);
    return commit;
  });
}
