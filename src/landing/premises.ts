import type { CommitId } from '../git/index.js';
import { readsOf } from '../read/index.js';
import { requireTask } from '../task/index.js';
import { matchesPath } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { queueRef } from './head.js';
import {
  findLandings,
  isOfTask,
  nameOf,
  queueOf,
  type Landing,
  type Premise,
  type TaskLanding,
} from './landing.js';

const MOST = 50;

/**
 * Compares what an attempt declared or reported as read with what has landed since its base: git may merge the
 * two cleanly although one was reasoned from what the other changed. What it has read as it is now has not changed.
 * @param onto What it is about to be merged onto.
 * @param before Landings between the integration head and `onto`, which land with it.
 */
export async function changedPremises(
  site: Site,
  landing: Landing,
  onto: CommitId,
  before: Landing[],
): Promise<Premise[]> {
  if (!isOfTask(landing) || landing.baseCommit === onto) return [];
  const changed = (await site.repository.changedPaths(landing.baseCommit, onto)).map((each) => each.path);
  const premises = await reliedOn(site, landing, changed, onto);
  if (premises.length === 0) return [];
  const others = [...(await landedSince(site, landing)), ...before];
  return premises.map((premise) => ({
    ...premise,
    changedBy: [...new Set(others.filter((each) => each.paths.includes(premise.path)).map(nameOf))],
  }));
}

async function reliedOn(
  site: Site,
  landing: TaskLanding,
  changed: string[],
  onto: CommitId,
): Promise<Premise[]> {
  if (changed.length === 0) return [];
  const { files } = await requireTask(site.store, landing.taskId);
  const seen = new Map((await readsOf(site.store, landing)).map((read) => [read.path, read.hash]));
  const now = await site.repository.hashesAt(
    onto,
    changed.filter((path) => seen.has(path)),
  );
  const premises: Premise[] = [];
  for (const path of changed) {
    const isDeclared = files.some((pattern) => matchesPath(pattern, path));
    if (seen.has(path) ? seen.get(path) === (now.get(path) ?? '') : !isDeclared) continue;
    premises.push({ path, changedBy: [], how: seen.has(path) ? 'read' : 'declared' });
    if (premises.length === MOST) break;
  }
  return premises;
}

/** What has landed by the same queue after the work's base. */
export async function landedSince(site: Site, landing: Landing): Promise<Landing[]> {
  const landed = await findLandings(site.store, { ...queueOf(site), states: ['landed'] });
  const head = await site.repository.resolve(queueRef(site));
  if (head === undefined || landed.length === 0) return [];
  const after = new Set(
    (await site.repository.firstParentLog(landing.baseCommit, head)).map((each) => each.commit),
  );
  return landed.filter(
    (each) => nameOf(each) !== nameOf(landing) && each.commit !== undefined && after.has(each.commit),
  );
}
