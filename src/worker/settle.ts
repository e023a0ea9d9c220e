import { diskFull } from '../error/index.js';
import { enqueueLanding } from '../landing/index.js';
import { announce, inboxOf, withdrawQuestions } from '../message/index.js';
import {
  describeAttempt,
  finishTask,
  recordResult,
  requireTask,
  sendToLanding,
  writesNothing,
  type Claim,
  type Task,
  type TaskResult,
} from '../task/index.js';
import { isOutOfSpace } from '../process/index.js';
import { defined } from '../store/index.js';
import { formatDuration, oneLine, shownNames } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { fail, interrupt, keep } from './end-attempt.js';
import type { Ending } from './supervise.js';
import { objectionTo, workIn, type Work } from './work.js';

/**
 * Decides what an ended attempt is worth. What the worker said before (block, fail, release) has moved the task
 * already and wins; exit 0 without a word is a completion; a completion that was said counts, however it ended.
 */
export async function settle(
  site: Site,
  claim: Claim,
  workspace: string,
  ending: Ending,
  tail: string,
): Promise<void> {
  await site.store.transaction((tx) => describeAttempt(tx, claim, { outputTail: tail }));
  const task = await requireTask(site.store, claim.taskId);
  const isOurs = task.attempt === claim.attempt && task.state === 'running';
  if (!isOurs) return void (await keep(site, claim, workspace, task.reason ?? `the task is ${task.state}`));
  if (ending.stopped === 'parked' || ending.stopped === 'lost')
    return void (await keep(site, claim, workspace, 'stopped'));
  if (task.result !== undefined) return judge(site, task, claim, workspace);
  if (ending.stopped === 'engine') return interrupt(site, claim, workspace, 'the run was stopped');
  const failure = failureOf(site, task, ending);
  if (failure !== undefined) {
    // What an agent could not write is no fault of its work.
    if (isOutOfSpace(workspace))
      throw diskFull(
        `The disk of ${workspace} is full: attempt ${claim.attempt} at ${claim.taskId} ${failure}.`,
      );
    return fail(site, claim, workspace, failure);
  }
  // It asked, ended, and was answered before we looked: the same attempt goes on, with the answer in its brief.
  if (await hasUnheardAnswer(site, task)) return;
  return judge(site, task, claim, workspace);
}

function failureOf(site: Site, task: Task, { stopped, exit, problem }: Ending): string | undefined {
  const { options } = site.run;
  if (stopped === 'task-timeout')
    return `took longer than its time limit of ${formatDuration(task.timeoutMs ?? options.taskTimeoutMs)}`;
  if (stopped === 'silence') return `gave no sign of life for ${formatDuration(options.silenceTimeoutMs)}`;
  if (problem !== undefined) return `its processes could not be ended: ${problem}`;
  if (exit.code === 0) return undefined;
  return exit.signal === null
    ? `its agent ended with exit code ${exit.code ?? 'unknown'}`
    : `its agent was ended by ${exit.signal}`;
}

async function hasUnheardAnswer({ store }: Site, task: Task): Promise<boolean> {
  if (task.claimedBy === undefined) return false;
  const waiting = await inboxOf(store, [task.claimedBy], { unacknowledgedOnly: true });
  return waiting.some(
    ({ state, message }) => state === 'queued' && message.type === 'ANSWER' && message.taskId === task.id,
  );
}

/** What the agent calls done is looked at: is there work, and of the kind that was asked for? */
async function judge(site: Site, task: Task, claim: Claim, workspace: string): Promise<void> {
  const work = await workIn(site, task, claim, workspace);
  const objection = typeof work === 'string' ? work : objectionTo(task, work);
  if (objection !== undefined) return fail(site, claim, workspace, objection);
  if (typeof work !== 'string') await accept(site, task, claim, work);
}

async function accept(site: Site, task: Task, claim: Claim, work: Work): Promise<void> {
  const result = resultOf(task, work);
  await site.store.transaction(async (tx) => {
    await describeAttempt(tx, claim, { headCommit: work.head });
    await recordResult(tx, claim, result);
    await withdrawQuestions(tx, claim.taskId);
    if (writesNothing(task.kind)) {
      const { freed } = await finishTask(tx, claim);
      const frees = freed.length === 0 ? '' : ` Ready now: ${freed.map((each) => each.id).join(', ')}.`;
      await announce(tx, {
        type: 'PROGRESS',
        task,
        body: `${task.id} is done: ${oneLine(result.summary, 200)}${frees}`,
      });
      return;
    }
    await sendToLanding(tx, claim);
    await enqueueLanding(tx, {
      ...claim,
      runId: site.run.id,
      headCommit: work.head,
      baseCommit: work.base,
      paths: work.paths,
    });
  });
}

function resultOf(task: Task, work: Work): TaskResult {
  return {
    summary: task.result?.summary ?? summaryOf(work),
    files: [...new Set([...(task.result?.files ?? []), ...work.paths])],
    findings: task.result?.findings ?? [],
    ...(work.paths.length === 0 ? {} : { commit: work.head }),
    ...defined({ data: task.result?.data }),
  };
}

function summaryOf({ paths }: Work): string {
  if (paths.length === 0) return 'Ended without a word.';
  const more = paths.length > 8 ? `, and ${paths.length - 8} more` : '';
  return `Changed ${shownNames(paths.slice(0, 8))}${more}.`;
}
