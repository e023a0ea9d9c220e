import { noteLanded, type LandedFile } from '../../guard/index.js';
import type { LandedInto, Landing } from '../../landing/index.js';
import { defined } from '../../store/index.js';
import { findAttempt } from '../../task/index.js';
import type { Site } from '../../workspace/index.js';
import type { Context } from '../operation.js';

/** Has live sessions told of what landed in the checkout in which they work. */
export async function noteLandedFiles(
  context: Context,
  { repository, store, run, sheetFolder }: Site,
  { commit, moved }: LandedInto,
): Promise<void> {
  if (moved === undefined) return;
  const { findLandings } = await import('../../landing/index.js');
  const landings = await findLandings(store, { runId: run.id, states: ['landed'] });
  const person = await context.agentId();
  const files: LandedFile[] = [];
  for (const { path } of await repository.changedPaths(moved.from, commit)) {
    const landing = landings.findLast(({ paths }) => paths.includes(path));
    files.push({ path, agentId: (await agentOf(context, landing)) ?? person, ...claimOf(landing) });
  }
  const guard = { store, sheetFolder, commonDir: repository.commonDir };
  await noteLanded(guard, moved.checkout, files);
}

async function agentOf({ sheet }: Context, landing: Landing | undefined): Promise<string | undefined> {
  return landing === undefined ? undefined : (await findAttempt(sheet.store, landing))?.agentId;
}

function claimOf(landing: Landing | undefined): { taskId?: string; attempt?: number } {
  return defined({ taskId: landing?.taskId, attempt: landing?.attempt });
}
