import { objectId } from './object-id.js';
import type { CommitId } from './repository.js';
import { runGit } from './run-git.js';

/**
 * What lies on disk for these commits and for no ref, in bytes, as git keeps it now: packed or not. A content that only
 * an older commit of a branch has too is counted. Commits that are not there any more count nothing.
 * @param besides Prefixes of refs that do not count as refs.
 */
export async function heldBytes(
  cwd: string,
  commits: readonly CommitId[],
  besides: readonly string[],
): Promise<number> {
  const args = ['rev-list', '--objects', '--disk-usage', '--ignore-missing', '--stdin', '--not'];
  const { stdout } = await runGit(
    cwd,
    [...args, ...besides.map((prefix) => `--exclude=${prefix}*`), '--all'],
    {
      input: commits.map((commit) => `${objectId(commit)}\n`).join(''),
    },
  );
  return Number(stdout);
}
