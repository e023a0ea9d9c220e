import { attemptBranch } from '../run/index.js';
import { describeAttempt, findAttempt, type Claim, type Task } from '../task/index.js';
import {
  attemptFolder,
  findWorkspace,
  mendWorkspace,
  openAttemptWorkspace,
  prepareWorkspace,
  type Site,
  type Workspace,
} from '../workspace/index.js';
import { pointOfGoingOn, startPointOf, type StartPoint } from './start-point.js';

export interface Place {
  workspace: Workspace;
  start: StartPoint;
}

/** The attempt's workspace: the one it had when it goes on after a pause or an answer, else a new one; prepared. */
export async function workspaceFor(
  site: Site,
  claim: Claim,
  task: Task,
  signal: AbortSignal,
): Promise<Place> {
  return (await goingOn(site, claim, task, signal)) ?? (await anew(site, claim, task, signal));
}

/** Undefined when the attempt has not begun, or its workspace is not what it was. */
async function goingOn(
  site: Site,
  claim: Claim,
  task: Task,
  signal: AbortSignal,
): Promise<Place | undefined> {
  const existing = await findWorkspace(site.store, attemptFolder(site, claim));
  const attempt = await findAttempt(site.store, claim);
  if (existing?.attempt !== claim.attempt || attempt?.baseCommit === undefined) return undefined;
  if ((await mendWorkspace(site, existing.path)) !== 'whole') return undefined;
  const start = await pointOfGoingOn(site, task, attempt, attempt.baseCommit);
  return { workspace: await prepareWorkspace(site, existing, start.base, signal), start };
}

async function anew(site: Site, claim: Claim, task: Task, signal: AbortSignal): Promise<Place> {
  const start = await startPointOf(site, task);
  const opened = await openAttemptWorkspace(site, claim, start.commit);
  const branch = attemptBranch(site.run.id, claim.taskId, claim.attempt);
  await site.store.transaction((tx) =>
    describeAttempt(tx, claim, { baseCommit: start.base, branch, workspace: opened.path }),
  );
  return { workspace: await prepareWorkspace(site, opened, start.commit, signal), start };
}
