import { objectId } from './object-id.js';
import { parseTrailers, TRAILERS_OF } from './history.js';
import type { CommitId } from './repository.js';
import { runGit } from './run-git.js';

/** A commit that changed a path, as its branch has it: of a merge what it brought in. */
export interface PathCommit {
  commit: CommitId;
  /** As written there. */
  author: string;
  /** Unix milliseconds. */
  at: number;
  subject: string;
  trailers: Record<string, string>;
}

const FIELDS = ['%H', '%an', '%at', '%s', TRAILERS_OF];
const LONGEST_MS = 3_000;

/**
 * The newest commits that changed a path or what is below it, along first parents, newest first. In a long history git
 * is given 3 seconds: then it is those that it had found.
 */
export async function historyOfPath(
  root: string,
  { from, path, newest }: { from: CommitId; path: string; newest: number },
): Promise<PathCommit[]> {
  const format = `--format=tformat:${FIELDS.join('%x00')}`;
  const options = ['-z', '--first-parent', '--no-follow', `--max-count=${newest}`, format];
  const { stdout } = await runGit(root, ['log', ...options, objectId(from), '--', path], {
    cutAfterMs: LONGEST_MS,
  });
  const fields = stdout.split('\0');
  const commits: PathCommit[] = [];
  for (let at = 0; at + FIELDS.length <= fields.length; at += FIELDS.length) {
    const [commit = '', author = '', seconds = '', subject = '', trailers = ''] = fields.slice(
      at,
      at + FIELDS.length,
    );
    commits.push({ commit, author, at: Number(seconds) * 1_000, subject, trailers: parseTrailers(trailers) });
  }
  return commits;
}
