import { noteLanded, type LandedFile } from '../../guard/index.js';
import type { Landing } from '../../landing/index.js';
import type { CommitId, Repository } from '../../git/index.js';
import { defined, type Store } from '../../store/index.js';
import { findAttempt } from '../../task/index.js';
import type { Context } from '../operation.js';

/** A checkout that a landing has moved along. */
export interface MovedCheckout {
  repository: Repository;
  checkout: string;
  from: CommitId;
  to: CommitId;
}

/**
 * Has live sessions told of what landed in the checkout in which they work.
 * @param landings What has landed so, oldest first: whose work a file is.
 */
export async function noteLandedFiles(
  context: Context,
  { repository, checkout, from, to }: MovedCheckout,
  landings: readonly Landing[],
): Promise<void> {
  const { store, folder } = context.sheet;
  const person = await context.agentId();
  const files: LandedFile[] = [];
  for (const { path } of await repository.changedPaths(from, to)) {
    const landing = landings.findLast(({ paths }) => paths.includes(path));
    files.push({ path, agentId: (await agentOf(store, landing)) ?? person, ...claimOf(landing) });
  }
  const guard = { store, sheetFolder: folder, commonDir: repository.commonDir };
  await noteLanded(guard, checkout, files);
}

async function agentOf(store: Store, landing: Landing | undefined): Promise<string | undefined> {
  const { taskId, attempt, session } = landing ?? {};
  if (session !== undefined) return session.agentId;
  if (taskId === undefined || attempt === undefined) return undefined;
  return (await findAttempt(store, { taskId, attempt }))?.agentId;
}

function claimOf(landing: Landing | undefined): { taskId?: string; attempt?: number } {
  return defined({ taskId: landing?.taskId, attempt: landing?.attempt });
}
