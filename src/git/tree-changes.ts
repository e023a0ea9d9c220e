import { randomUUID } from 'node:crypto';

import type { GitContext } from './context.js';
import { objectId } from './object-id.js';
import type { CommitId } from './repository.js';
import { runGit } from './run-git.js';
import { stderrOf } from './retry.js';

/** A path that differs between two trees; a rename is a deletion and an addition. */
export interface TreeChange {
  path: string;
  /** As git writes it: `A`, `D`, `M`, or `T` when a file became a link, say. */
  status: string;
  oldMode: string;
  newMode: string;
  oldId: string;
  newId: string;
}

const OPTIONS = ['-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--ignore-submodules=none'];

/** Compares pairs of commits (or of trees) as they come; `--always`: also what is equal gets an answer. */
export const DIFF_PAIRS: readonly string[] = ['diff-tree', '--stdin', '--always', ...OPTIONS];

/** What differs between two commits or trees, sorted by path. */
export async function treeChanges(
  context: Pick<GitContext, 'root' | 'diffs'>,
  from: CommitId,
  to: CommitId,
): Promise<TreeChange[]> {
  const [old, now] = [objectId(from), objectId(to)];
  const answer =
    (await askFor(context, old, now)) ?? (await runGit(context.root, comparing(old, now))).stdout;
  return parse(answer);
}

function comparing(from: string, to: string): string[] {
  return ['diff-tree', ...OPTIONS, from, to, '--'];
}

/**
 * Undefined when these are not two commits, or one is not there: a call of its own compares them then, or says what
 * is wrong.
 */
async function askFor(
  { diffs }: Pick<GitContext, 'diffs'>,
  from: string,
  to: string,
): Promise<string | undefined> {
  // git repeats a line that begins with no id; no path can hold this one.
  const mark = `end of ${randomUUID()}\n`;
  try {
    const answer = await diffs.ask(`${to} ${from}\n${mark}`, mark);
    return answer.startsWith(`${to}\0`) ? answer.slice(to.length + 1) : undefined;
  } catch (error) {
    if (stderrOf(error) === undefined) throw error;
    return undefined;
  }
}

/** Reads `diff-tree --raw -z`: modes, ids and status, then the path. */
function parse(answer: string): TreeChange[] {
  const fields = answer.split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = (fields[at] ?? '')
      .slice(1)
      .split(' ');
    changes.push({ path: fields[at + 1] ?? '', status, oldMode, newMode, oldId, newId });
  }
  return changes;
}
