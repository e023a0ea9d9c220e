import { openConflict } from '../conflict/index.js';
import type { FileConflict } from '../git/index.js';
import { announce } from '../message/index.js';
import { failAttempt, hasEnded } from '../task/index.js';
import { oneLine, plainText } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { integrationHead } from './head.js';
import type { Landing } from './landing.js';
import { changedPremises, landedSince } from './premises.js';
import { endLanding, withdrawIfLost } from './write.js';

const LONGEST_HUNKS = 8_000;

/**
 * The work does not fit what has landed: opens a conflict with both tasks and the hunks, and gives the task back
 * to a worker on the new base; when its attempts are used up, to a person. Its commits stay.
 */
export async function handConflictBack(
  site: Site,
  landing: Landing,
  conflicts: FileConflict[],
): Promise<void> {
  const { runId, taskId, attempt } = landing;
  const paths = conflicts.map((each) => each.path);
  const others = (await landedSince(site, landing)).filter((each) =>
    each.paths.some((path) => paths.includes(path)),
  );
  const otherTaskIds = [...new Set(others.map((each) => each.taskId))];
  const reason = reasonOf(otherTaskIds, paths);
  const premises = await changedPremises(site, landing, await integrationHead(site), []);
  await site.store.transaction(async (tx) => {
    if (await withdrawIfLost(tx, landing)) return;
    await openConflict(tx, {
      kind: 'file',
      runId,
      taskId,
      attempt,
      otherTaskIds,
      paths,
      hunks: hunksOf(conflicts),
    });
    await endLanding(tx, landing, { state: 'conflicted', reason, premises });
    const task = await failAttempt(tx, landing, reason, 'conflicted');
    const next = hasEnded(task.state)
      ? `Its attempts are used up: callsheet task retry ${taskId}`
      : 'It goes back to a worker on the new base.';
    await announce(tx, { type: 'CONFLICT', task, body: `${taskId} ${reason}. ${next}` });
  });
}

function reasonOf(otherTaskIds: string[], paths: string[]): string {
  const against = otherTaskIds.length === 0 ? 'the new base' : otherTaskIds.join(', ');
  const named = paths.slice(0, 5).map((path) => oneLine(plainText(path), 100));
  return `conflicts with ${against} in ${named.join(', ')}${paths.length > 5 ? ', …' : ''}`;
}

function hunksOf(conflicts: FileConflict[]): string {
  const parts = conflicts.map((each) => `${each.path} (${each.kind})\n${each.hunks}`);
  return parts.join('\n').slice(0, LONGEST_HUNKS).toWellFormed();
}
