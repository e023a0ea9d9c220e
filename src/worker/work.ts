import type { CommitId } from '../git/index.js';
import { attemptBranch, integrationRef } from '../run/index.js';
import { writesNothing, type Claim, type Task } from '../task/index.js';
import { oneLine, plainText, shownNames } from '../text/index.js';
import { keepCommit, mendWorkspace, type Site } from '../workspace/index.js';

/** What a workspace holds at the end of an attempt. */
export interface Work {
  head: CommitId;
  /** The newest commit of the integration branch that the work contains: a `callsheet sync` moves it. */
  base: CommitId;
  /** What it changed of that. */
  paths: string[];
  /** Repositories that it put inside the repository: what is in them is in no commit of ours. */
  repositories: string[];
}

/** Commits what the worker left uncommitted and finds its work, or says what keeps it from being taken. */
export async function workIn(
  site: Site,
  task: Task,
  claim: Claim,
  workspace: string,
): Promise<Work | string> {
  const { repository } = site;
  const health = await mendWorkspace(site, workspace);
  if (health === 'gone') return 'its workspace is gone: it was deleted from inside';
  if (health === 'broken') return 'the .git of its workspace was replaced, so its work cannot be read';
  await repository.releaseIndex(workspace);
  const branch = attemptBranch(site.run.id, claim.taskId, claim.attempt);
  if (!writesNothing(task.kind)) {
    const unfinished = await leftUnfinished(site, workspace, `refs/heads/${branch}`);
    if (unfinished !== undefined) return unfinished;
    await commitRest(site, task, claim, workspace, branch);
  }
  const head = await repository.headOf(workspace);
  const integration = await repository.resolve(integrationRef(site.run.id));
  const base =
    head === undefined || integration === undefined
      ? undefined
      : await repository.mergeBase(integration, head);
  if (head === undefined || base === undefined) return 'its commits share no history with the run';
  await pointBranchAt(site, claim, workspace, `refs/heads/${branch}`, head);
  const paths = (await repository.changedPaths(base, head)).map((each) => each.path);
  const repositories = await repository.addedRepositories(base, head);
  if (!writesNothing(task.kind)) return { head, base, paths, repositories };
  const { tracked } = await repository.status(workspace);
  return { head, base, paths: [...paths, ...tracked.map((each) => each.path)], repositories };
}

/** Why finished work is no success, or undefined. */
export function objectionTo(task: Task, work: Work): string | undefined {
  if (!writesNothing(task.kind)) {
    if (work.repositories.length > 0)
      return `added a repository inside the repository: ${work.repositories.slice(0, 5).join(', ')}; what is in it cannot land`;
    return work.paths.length === 0 ? 'said it was done, but changed nothing' : undefined;
  }
  if (work.paths.length === 0) return undefined;
  return `changed ${shownNames(work.paths, 5)}, but a task of kind ${task.kind} writes nothing`;
}

/** Half an operation of git is no result: committing it would make conflict marks, or half of the commits, the work. */
async function leftUnfinished(
  { repository }: Site,
  workspace: string,
  ref: string,
): Promise<string | undefined> {
  const operation = await repository.unfinished(workspace);
  if (operation !== undefined) return `said it was done, but left ${operation} unfinished`;
  const [head, tip] = [await repository.headOf(workspace), await repository.resolve(ref)];
  if (head === undefined || tip === undefined || head === tip) return undefined;
  return (await repository.isAncestor(head, tip))
    ? 'said it was done, but went back to a commit before its own last one'
    : undefined;
}

async function commitRest(
  { repository }: Site,
  task: Task,
  claim: Claim,
  workspace: string,
  branch: string,
): Promise<void> {
  // It may stand on a branch of the person; a commit of ours must not move that.
  if ((await repository.branchOf(workspace)) !== branch) await repository.detach(workspace);
  const subject = oneLine(plainText(task.title), 60);
  await repository.commitAll(
    workspace,
    `${subject}\n\nCommitted by callsheet for attempt ${claim.attempt} at ${claim.taskId}.\n`,
  );
}

/** An agent may have left its branch; where it ended must be reachable from there, and where the branch was must stay so. */
async function pointBranchAt(
  site: Site,
  claim: Claim,
  workspace: string,
  ref: string,
  head: CommitId,
): Promise<void> {
  const { repository } = site;
  const at = await repository.resolve(ref);
  if (at === head) return;
  if (at !== undefined && !(await repository.isAncestor(at, head))) {
    await keepCommit(
      site,
      { path: workspace, runId: site.run.id, ...claim, reason: 'commits that its agent went away from' },
      at,
    );
  }
  await repository.updateRef(ref, head, at);
}
