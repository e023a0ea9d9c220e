import { lastCheckpoint, type Checkpoint } from '../checkpoint/index.js';
import type { CommitId } from '../git/index.js';
import { integrationRef } from '../run/index.js';
import { findAttempts, writesNothing, type Attempt, type Task } from '../task/index.js';
import { defined } from '../store/index.js';
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
  /** The attempt itself, when it goes on in its workspace after a pause or an answer. */
  goesOn?: Attempt;
}

/**
 * The newest integration head; with the files of the last checkpoint on it when there is one that merges cleanly.
 * After a conflict the attempt begins afresh: what it conflicts with is in the new base. A task that writes nothing
 * has no files to go on with: what it was found with would count as written.
 */
export async function startPointOf(site: Site, task: Task): Promise<StartPoint> {
  const base = await site.repository.resolve(integrationRef(site.run.id));
  if (base === undefined) throw new Error(`The integration branch of ${site.run.id} is gone.`);
  const { previous, checkpoint } = await pastOf(site, task);
  const point: StartPoint = { base, commit: base, continues: false, ...defined({ previous, checkpoint }) };
  const saved = checkpoint?.snapshotCommit;
  if (saved === undefined || previous?.outcome === 'conflicted' || writesNothing(task.kind)) return point;
  if ((await site.repository.mergeBase(base, saved)) === undefined) return point;
  const merged = await site.repository.merge(base, saved, { cwd: site.repository.root });
  if (!merged.clean || merged.tree === (await site.repository.treeOf(base))) return point;
  const message = `Continue ${task.id} from ${checkpoint?.id ?? 'its checkpoint'}\n`;
  const commit = await site.repository.commitTree({ tree: merged.tree, parents: [base], message });
  return { ...point, commit, continues: true };
}

/** An attempt that was held goes on where it began, in the files as it left them. */
export async function pointOfGoingOn(
  site: Site,
  task: Task,
  goesOn: Attempt,
  base: CommitId,
): Promise<StartPoint> {
  return { base, commit: base, continues: false, goesOn, ...(await pastOf(site, task)) };
}

async function pastOf(site: Site, task: Task): Promise<Pick<StartPoint, 'previous' | 'checkpoint'>> {
  const previous = (await findAttempts(site.store, task.id))
    .filter((each) => each.attempt < task.attempt)
    .at(-1);
  return defined({ previous, checkpoint: await lastCheckpoint(site.store, task.id) });
}
