import { conflictHunks } from './conflict-hunks.js';
import { objectId } from './object-id.js';
import { parseMergeTree, type MergeTreeConflict } from './parse-merge-tree.js';
import type { CommitId, FileConflict, MergeResult } from './repository.js';
import { runGit } from './run-git.js';

const CONFLICTED = 1;

/** Merges two commits without touching any index or file. Attributes are read from `cwd`. */
export async function merge(ours: CommitId, theirs: CommitId, cwd: string): Promise<MergeResult> {
  const args = ['merge-tree', '--write-tree', '--messages', '-z', objectId(ours), objectId(theirs)];
  const { stdout, exitCode } = await runGit(cwd, args, { okExitCodes: [0, CONFLICTED] });
  const { tree, conflicts } = parseMergeTree(stdout);
  if (exitCode !== CONFLICTED) return { clean: true, tree };
  return { clean: false, conflicts: await withHunks(cwd, tree, conflicts) };
}

async function withHunks(cwd: string, tree: string, conflicts: MergeTreeConflict[]): Promise<FileConflict[]> {
  const hunks = await conflictHunks(
    cwd,
    tree,
    conflicts.map(({ path }) => path),
  );
  return conflicts.map(({ path, kind }) => ({ path, kind, hunks: hunks.get(path) ?? '' }));
}
