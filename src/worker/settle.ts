import { recordCheckpoint } from '../checkpoint/index.js';
import type { Exit } from '../driver/index.js';
import { enqueueLanding } from '../landing/index.js';
import { announce } from '../message/index.js';
import { attemptBranch } from '../run/index.js';
import { defined } from '../store/index.js';
import {
  describeAttempt,
  failAttempt,
  findAttempt,
  finishTask,
  hasEnded,
  recordResult,
  releaseTask,
  requireTask,
  sendToLanding,
  writesNothing,
  type Claim,
  type Task,
} from '../task/index.js';
import { formatDuration, oneLine, plainText } from '../text/index.js';
import { saveWorkspace, type Site } from '../workspace/index.js';
import type { Ending } from './supervise.js';

/** What a workspace holds at the end of an attempt. */
interface Work {
  head: string;
  base: string;
  paths: string[];
}

/**
 * Decides what an ended attempt is worth. What the worker said before (block, fail, release) has moved the task
 * already and wins; exit 0 without a word is a completion.
 */
export async function settle(site: Site, claim: Claim, workspace: string, ending: Ending, tail: string): Promise<void> {
  await site.store.transaction((tx) => describeAttempt(tx, claim, { outputTail: tail }));
  const task = await requireTask(site.store, claim.taskId);
  const isOurs = task.attempt === claim.attempt && task.state === 'running';
  if (!isOurs) return void (await keep(site, claim, workspace, task.reason ?? `the task is ${task.state}`));
  if (ending.stopped !== undefined) return stoppedAttempt(site, task, claim, workspace, ending);
  if (ending.exit.code !== 0 && task.result === undefined) return crashed(site, task, claim, workspace, ending.exit);
  const work = await workIn(site, task, claim, workspace);
  const objection = objectionTo(task, work);
  if (objection === undefined) await accept(site, task, claim, work);
  else await fail(site, claim, workspace, objection);
}

async function stoppedAttempt(site: Site, task: Task, claim: Claim, workspace: string, { stopped }: Ending): Promise<void> {
  switch (stopped) {
    case 'task-timeout':
      return fail(site, claim, workspace, `took longer than its time limit of ${formatDuration(task.timeoutMs ?? site.run.options.taskTimeoutMs)}`);
    case 'silence':
      return fail(site, claim, workspace, `gave no sign of life for ${formatDuration(site.run.options.silenceTimeoutMs)}`);
    case 'engine':
      return interrupt(site, claim, workspace, 'the run was stopped');
    case 'parked':
    case 'lost':
    case undefined:
      return void (await keep(site, claim, workspace, 'stopped'));
  }
}

/** Stopped through no fault of its own: what it had is saved as a checkpoint, from which the next attempt goes on. */
export async function interrupt(site: Site, claim: Claim, workspace: string, reason: string): Promise<void> {
  const snapshot = await keep(site, claim, workspace, reason);
  await site.store.transaction(async (tx) => {
    await recordCheckpoint(tx, {
      taskId: claim.taskId,
      attempt: claim.attempt,
      done: `Attempt ${claim.attempt} was interrupted: ${reason}. Its files as they were are saved.`,
      next: 'Look at what is there, and go on.',
      questions: [],
      ...defined({ snapshotCommit: snapshot?.commit }),
    });
    await releaseTask(tx, claim, reason, 'interrupted');
  });
}

async function crashed(site: Site, task: Task, claim: Claim, workspace: string, exit: Exit): Promise<void> {
  const how = exit.signal === null ? `ended with exit code ${exit.code}` : `was ended by ${exit.signal}`;
  await fail(site, claim, workspace, `${task.claimedBy === undefined ? 'the agent' : 'its agent'} ${how}`);
}

async function fail(site: Site, claim: Claim, workspace: string, reason: string): Promise<void> {
  await keep(site, claim, workspace, reason);
  await site.store.transaction(async (tx) => {
    const task = await failAttempt(tx, claim, reason);
    const next = hasEnded(task.state) ? `Its attempts are used up: callsheet task retry ${task.id}` : 'It is tried again.';
    await announce(tx, { type: 'PROGRESS', task, body: `Attempt ${claim.attempt} at ${task.id} failed: it ${reason}. ${next}` });
  });
}

function keep(site: Site, claim: Claim, path: string, reason: string) {
  return saveWorkspace(site, { path, reason, runId: site.run.id, ...claim, keep: site.run.options.keep });
}

/** Commits what the worker left uncommitted, and compares with where the attempt began. */
async function workIn(site: Site, task: Task, claim: Claim, workspace: string): Promise<Work> {
  const base = (await findAttempt(site.store, claim))?.baseCommit ?? site.run.baseCommit;
  if (!writesNothing(task.kind)) {
    const subject = oneLine(plainText(task.title), 60);
    await site.repository.commitAll(workspace, `${subject}\n\nCommitted by callsheet for attempt ${claim.attempt} at ${claim.taskId}.\n`);
  }
  const head = (await site.repository.headOf(workspace)) ?? base;
  const branch = `refs/heads/${attemptBranch(site.run.id, claim.taskId, claim.attempt)}`;
  const at = await site.repository.resolve(branch);
  // An agent may have left its branch; its commits must stay reachable from where we look for them.
  if (at !== head) await site.repository.updateRef(branch, head, at);
  const changed = await site.repository.changedPaths(base, head);
  const paths = changed.map((each) => each.path);
  if (writesNothing(task.kind)) {
    const { tracked } = await site.repository.status(workspace);
    paths.push(...tracked.map((each) => each.path));
  }
  return { head, base, paths };
}

/** Why finished work is no success, or undefined. */
function objectionTo(task: Task, work: Work): string | undefined {
  if (writesNothing(task.kind)) {
    if (work.paths.length === 0) return undefined;
    return `changed ${work.paths.slice(0, 5).join(', ')}, but a task of kind ${task.kind} writes nothing`;
  }
  return work.paths.length === 0 ? 'said it was done, but changed nothing' : undefined;
}

async function accept(site: Site, task: Task, claim: Claim, work: Work): Promise<void> {
  const result = {
    summary: task.result?.summary ?? summaryOf(work),
    files: [...new Set([...(task.result?.files ?? []), ...work.paths])],
    findings: task.result?.findings ?? [],
    ...(work.paths.length === 0 ? {} : { commit: work.head }),
    ...defined({ data: task.result?.data }),
  };
  await site.store.transaction(async (tx) => {
    await describeAttempt(tx, claim, { headCommit: work.head });
    await recordResult(tx, claim, result);
    if (writesNothing(task.kind)) {
      const { freed } = await finishTask(tx, claim);
      const frees = freed.length === 0 ? '' : ` Ready now: ${freed.map((each) => each.id).join(', ')}.`;
      await announce(tx, { type: 'PROGRESS', task, body: `${task.id} is done: ${oneLine(result.summary, 200)}${frees}` });
      return;
    }
    await sendToLanding(tx, claim);
    await enqueueLanding(tx, { ...claim, runId: site.run.id, headCommit: work.head, baseCommit: work.base, paths: work.paths });
  });
}

function summaryOf({ paths }: Work): string {
  if (paths.length === 0) return 'Ended without a word.';
  const more = paths.length > 8 ? `, and ${paths.length - 8} more` : '';
  return `Changed ${paths.slice(0, 8).join(', ')}${more}.`;
}
