import { lastCheckpoint, type Checkpoint } from '../checkpoint/index.js';
import type { CommitId } from '../git/index.js';
import { integrationRef } from '../run/index.js';
import { findAttempts, type Attempt, type Task } from '../task/index.js';
import type { Site } from '../workspace/index.js';

export interface StartPoint {
  /** The integration head that the attempt's work will be compared with. */
  base: CommitId;
  /** Where its branch begins: the base, or the base with the saved work of an earlier attempt on it. */
  commit: CommitId;
  previous?: Attempt;
  checkpoint?: Checkpoint;
  /** Whether the checkpoint's files are in the workspace. */
  continues: boolean;
}

/**
 * The newest integration head; with the files of the last checkpoint on it when there is one that merges cleanly.
 * After a conflict the attempt begins afresh: what it conflicts with is in the new base.
 */
export async function startPointOf(site: Site, task: Task): Promise<StartPoint> {
  const base = await site.repository.resolve(integrationRef(site.run.id));
  if (base === undefined) throw new Error(`The integration branch of ${site.run.id} is gone.`);
  const ended = (await findAttempts(site.store, task.id)).filter((each) => each.attempt < task.attempt);
  const previous = ended.at(-1);
  const checkpoint = await lastCheckpoint(site.store, task.id);
  const point: StartPoint = { base, commit: base, continues: false, ...(previous === undefined ? {} : { previous }) };
  if (checkpoint === undefined) return point;
  const saved = checkpoint.snapshotCommit;
  if (saved === undefined || previous?.outcome === 'conflicted') return { ...point, checkpoint };
  const merged = await site.repository.merge(base, saved, { cwd: site.repository.root });
  if (!merged.clean || merged.tree === (await site.repository.treeOf(base))) return { ...point, checkpoint };
  const message = `Continue ${task.id} from ${checkpoint.id}\n`;
  const commit = await site.repository.commitTree({ tree: merged.tree, parents: [base], message });
  return { ...point, checkpoint, commit, continues: true };
}
