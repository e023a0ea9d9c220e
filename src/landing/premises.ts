import { readsOf } from '../read/index.js';
import { requireTask } from '../task/index.js';
import { matchesPath } from '../text/index.js';
import type { CommitId } from '../git/index.js';
import type { Site } from '../workspace/index.js';
import { findLandings, type Landing, type Premise } from './landing.js';

const MOST = 50;

/**
 * Compares what an attempt declared or reported as read with what has landed since its base: git may merge the
 * two cleanly although one was reasoned from what the other changed.
 */
export async function changedPremises(site: Site, landing: Landing, head: CommitId): Promise<Premise[]> {
  if (landing.baseCommit === head) return [];
  const changed = await site.repository.changedPaths(landing.baseCommit, head);
  if (changed.length === 0) return [];
  const task = await requireTask(site.store, landing.taskId);
  const reads = new Map((await readsOf(site.store, landing)).map((read) => [read.path, read.hash]));
  const now = await site.repository.hashesAt(head, [...reads.keys()]);
  const premises: Premise[] = [];
  for (const { path } of changed) {
    const wasRead = reads.has(path) && reads.get(path) !== (now.get(path) ?? '');
    const isDeclared = task.files.some((pattern) => matchesPath(pattern, path));
    if (wasRead || isDeclared) premises.push({ path, changedBy: [], how: wasRead ? 'read' : 'declared' });
  }
  return withAuthors(site, landing, premises.slice(0, MOST));
}

async function withAuthors(site: Site, landing: Landing, premises: Premise[]): Promise<Premise[]> {
  if (premises.length === 0) return premises;
  const others = await landedSince(site, landing);
  return premises.map((premise) => ({
    ...premise,
    changedBy: others.filter((each) => each.paths.includes(premise.path)).map((each) => each.taskId),
  }));
}

/** What has landed in the run after an attempt's base. */
export async function landedSince(site: Site, landing: Pick<Landing, 'baseCommit' | 'taskId'>): Promise<Landing[]> {
  const landed = await findLandings(site.store, { runId: site.run.id, states: ['landed'] });
  const after: Landing[] = [];
  for (const each of landed) {
    if (each.taskId === landing.taskId || each.commit === undefined) continue;
    if (!(await site.repository.isAncestor(each.commit, landing.baseCommit))) after.push(each);
  }
  return after;
}
