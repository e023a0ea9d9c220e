import { join } from 'node:path';
import { noteProcess } from '../agent/index.js';
import type { Session } from '../driver/index.js';
import { appendEvent } from '../event/index.js';
import { CallsheetError } from '../error/index.js';
import { writeOwnFile } from '../file/index.js';
import { readLog } from '../process/index.js';
import { defined, type Clock } from '../store/index.js';
import { findAttempt, requireTask, type Task } from '../task/index.js';
import { plainText, tailOf } from '../text/index.js';
import {
  attemptLog,
  LOG_LIMIT_BYTES,
  processesOf,
  makeScratchOfRun,
  type Site,
  type Workspace,
} from '../workspace/index.js';
import { briefFor } from './brief.js';
import { deliverTo, markTold } from './deliver.js';
import { workerEnv } from './environment.js';
import { gatherBrief } from './gather.js';
import { giveUp, type Obstacle } from './give-up.js';
import type { Post, StopReason, WorkerPlace } from './place.js';
import { settle } from './settle.js';
import type { StartPoint } from './start-point.js';
import { supervise, type Control, type Ending } from './supervise.js';
import { workspaceFor } from './workspace-for.js';

/** An attempt under way. */
export interface RunningAttempt {
  post: Post;
  /** In Unix milliseconds. */
  startedAt: number;
  /**
   * Resolves when the attempt has been settled in the sheet, with what would keep every other attempt from starting
   * too; rejects only when the sheet or git cannot be written.
   */
  ended: Promise<Obstacle | undefined>;
  stop(reason: StopReason): void;
  /** Hands over what has been said to the agent meanwhile. */
  deliver(): Promise<void>;
}

/** Starts an agent on its claim, in a workspace of its own, and sees the attempt to its end. */
export function startAttempt(place: WorkerPlace, post: Post): RunningAttempt {
  const startedAt = place.site.store.clock.now();
  const abort = new AbortController();
  let wanted: StopReason | undefined;
  let stopSession: ((reason: StopReason) => void) | undefined;
  let session: Session | undefined;
  const control: Control = {
    onStop(stop) {
      stopSession = stop;
      if (wanted !== undefined) stop(wanted);
    },
  };
  const ended = runAttempt(place, post, control, abort.signal, (started) => (session = started)).then(
    () => undefined,
    (error: unknown) => giveUp(place, post, error, { wanted, hasRun: session !== undefined }),
  );
  return {
    post,
    startedAt,
    ended,
    stop(reason) {
      wanted ??= reason;
      abort.abort();
      stopSession?.(reason);
    },
    async deliver() {
      if (session !== undefined) await deliverTo(place.site.store, post.agent.id, session);
    },
  };
}

async function runAttempt(
  place: WorkerPlace,
  post: Post,
  control: Control,
  signal: AbortSignal,
  onStart: (session: Session) => void,
): Promise<void> {
  const { site } = place;
  const task = await requireTask(site.store, post.claim.taskId);
  const { workspace, start } = await workspaceFor(site, post.claim, task, signal);
  signal.throwIfAborted();
  const session = await startAgent(place, post, task, workspace, start);
  onStart(session);
  const ending = await follow(place, post, session, control);
  await tellLeft(site, post, workspace.path);
  const logFile = attemptLog(site.sheetFolder, site.run.id, post.claim.taskId, post.claim.attempt);
  await settle(site, post.claim, workspace.path, ending, tailOf(plainText(readLog(logFile)), 40));
}

/**
 * A daemon that left group, session, parent and environment behind cannot be told from a process of the person, so it is
 * not ended; that it is there is told.
 */
async function tellLeft(site: Site, { claim }: Post, path: string): Promise<void> {
  const left = processesOf(site).findInside?.(path) ?? [];
  if (left.length === 0) return;
  const data = { path, pids: left.map(({ pid }) => pid) };
  await site.store.transaction((tx) =>
    appendEvent(tx, { type: 'process.left', runId: site.run.id, ...claim, data }),
  );
}

async function follow(place: WorkerPlace, post: Post, session: Session, control: Control): Promise<Ending> {
  try {
    await place.site.store.transaction((tx) => noteProcess(tx, post.agent.id, session.process));
    return await supervise(place, post, session, control);
  } catch (error) {
    // Whatever went wrong: no process may go on writing in a workspace that nobody watches.
    await session.stop(0);
    throw error;
  }
}

async function startAgent(
  place: WorkerPlace,
  post: Post,
  task: Task,
  workspace: Workspace,
  start: StartPoint,
): Promise<Session> {
  const { site } = place;
  const { claim } = post;
  const { facts, told } = await gatherBrief(site, task, start);
  const brief = briefFor(facts);
  const logFile = attemptLog(site.sheetFolder, site.run.id, claim.taskId, claim.attempt);
  const briefFile = logFile.replace(/\.log$/, '.brief.md');
  makeScratchOfRun(site);
  writeOwnFile(briefFile, brief);
  await markTold(site.store, post.agent.id, told);
  const handle = (await findAttempt(site.store, claim))?.resumeHandle;
  const starting = place.driver.start({
    runId: site.run.id,
    taskId: claim.taskId,
    attempt: claim.attempt,
    workspace: workspace.path,
    startFolder: join(workspace.path, site.run.options.startFolder ?? '.'),
    brief,
    briefFile,
    env: workerEnv({
      site,
      workspace,
      claim,
      task,
      token: post.token,
      briefFile,
      commandFolder: place.commandFolder,
    }),
    logFile,
    logLimitBytes: LOG_LIMIT_BYTES,
    ...defined({ model: task.model ?? site.run.options.model, resume: handle }),
  });
  return withinStartTime(starting, site.run.options.startTimeoutMs, site.store.clock);
}

async function withinStartTime(starting: Promise<Session>, limitMs: number, clock: Clock): Promise<Session> {
  let cancel: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(limitMs, () => {
      // It may start after all; then it must not stay.
      starting.then((session) => session.stop(0)).catch(() => undefined);
      reject(new CallsheetError('AGENT_START_TIMEOUT', `The agent did not start within ${limitMs} ms.`));
    });
  });
  try {
    return await Promise.race([starting, late]);
  } finally {
    cancel();
  }
}
