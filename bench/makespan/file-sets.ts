import { callGit } from '../support/git.js';
import { UsageError } from '../support/usage-error.js';

/** A commit of more files is a rename, a reformatting or a release, not a task. */
const MOST_FILES = 12;
const NEWEST = 3_000;

/** The sets of files that the newest commits of a repository changed together, merges left out. It is only read. */
export async function fileSetsOf(repository: string): Promise<string[][]> {
  const list = ['log', '--no-merges', '--name-only', '--no-renames', '-z', '--format=%x01', `-n${NEWEST}`];
  const { code, stdout } = await callGit(repository, list, { ok: [0, 128] }).catch((error: unknown) => {
    throw new UsageError(
      `${repository} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  if (code !== 0) throw new UsageError(`${repository} is no git repository with a commit`);
  const sets = stdout
    .split('\u0001')
    .map((commit) =>
      commit
        .split('\0')
        .map((path) => path.trim())
        .filter((path) => path !== ''),
    )
    .filter((files) => files.length > 0 && files.length <= MOST_FILES);
  // What was a file at one time and a folder at another cannot be both in one plan.
  const folders = new Set(sets.flat().flatMap(foldersOf));
  const plain = sets.filter((files) => !files.some((path) => folders.has(path)));
  if (plain.length === 0) throw new UsageError(`No commit of ${repository} changed 1 to ${MOST_FILES} files`);
  return plain;
}

function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
