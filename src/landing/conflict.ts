import { openConflict, type Conflict } from '../conflict/index.js';
import type { FileConflict } from '../git/index.js';
import { announce } from '../message/index.js';
import { failAttempt, hasEnded } from '../task/index.js';
import { oneLine, plainText } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { queueHead } from './head.js';
import { nameOf, type Landing, type TaskLanding } from './landing.js';
import { changedPremises, landedSince } from './premises.js';
import { endLanding, withdrawIfLost } from './write.js';

const LONGEST_HUNKS = 8_000;
/** Paths that a message carries. */
export const MOST_NAMED = 20;

/**
 * The work does not fit what has landed: opens a conflict with both tasks and the hunks, and gives the task back
 * to a worker on the new base; when its attempts are used up, to a person. Its commits stay.
 */
export async function handConflictBack(
  site: Site,
  landing: TaskLanding,
  conflicts: FileConflict[],
): Promise<void> {
  const { taskId, attempt } = landing;
  const { reason, found } = await describeConflict(site, landing, conflicts);
  const premises = await changedPremises(site, landing, await queueHead(site), []);
  await site.store.transaction(async (tx) => {
    if (await withdrawIfLost(tx, landing)) return;
    const { id } = await openConflict(tx, { ...found, runId: site.run.id, taskId, attempt });
    await endLanding(tx, landing, { state: 'conflicted', reason, premises });
    const task = await failAttempt(tx, landing, reason, 'conflicted');
    const next = hasEnded(task.state)
      ? `Its attempts are used up: callsheet task retry ${taskId}`
      : 'It goes back to a worker on the new base.';
    const data = {
      conflict: id,
      tasks: [taskId, ...found.otherTaskIds],
      paths: found.paths.slice(0, MOST_NAMED),
    };
    await announce(tx, { type: 'CONFLICT', task, data, body: `${id}: ${taskId} ${reason}. ${next}` });
  });
}

/** What work conflicts with and where: as a record, and in words. */
export async function describeConflict(
  site: Site,
  landing: Landing,
  conflicts: FileConflict[],
): Promise<{
  reason: string;
  against: string[];
  found: Pick<Conflict, 'kind' | 'otherTaskIds' | 'paths' | 'hunks'>;
}> {
  const paths = conflicts.map((each) => each.path);
  const others = (await landedSince(site, landing)).filter((each) =>
    each.paths.some((path) => paths.includes(path)),
  );
  const against = [...new Set(others.map(nameOf))];
  const otherTaskIds = [...new Set(others.flatMap(({ taskId }) => taskId ?? []))];
  const found = { kind: 'file' as const, otherTaskIds, paths, hunks: hunksOf(conflicts) };
  return { reason: reasonOf(against, paths, site.into ?? 'the new base'), against, found };
}

function reasonOf(others: string[], paths: string[], base: string): string {
  const against = others.length === 0 ? base : others.join(', ');
  const named = paths.slice(0, 5).map((path) => oneLine(plainText(path), 100));
  return `conflicts with ${against} in ${named.join(', ')}${paths.length > 5 ? ', …' : ''}`;
}

function hunksOf(conflicts: FileConflict[]): string {
  const parts = conflicts.map((each) => `${each.path} (${each.kind})\n${each.hunks}`);
  return parts.join('\n').slice(0, LONGEST_HUNKS).toWellFormed();
}
