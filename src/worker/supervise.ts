import { findAgent } from '../agent/index.js';
import type { Exit, Session } from '../driver/index.js';
import { messageOf } from '../error/index.js';
import { requireTask } from '../task/index.js';
import { onDriverEvent } from './on-event.js';
import type { Post, StopReason, WorkerPlace } from './place.js';

export interface Ending {
  exit: Exit;
  stopped?: StopReason;
  /** Why its processes could not be ended. */
  problem?: string;
}

/** How the engine reaches an attempt under way. */
export interface Control {
  onStop(stop: (reason: StopReason) => void): void;
}

/** How long a process tree has to end by itself, in milliseconds. */
const GRACE_MS = 3_000;

/**
 * Follows a session to its end: takes its events, and stops it when its time is up, when it is silent for too
 * long, or when `stop` is called. Returns when all of its processes are gone, or cannot be ended.
 */
export async function supervise(
  place: WorkerPlace,
  post: Post,
  session: Session,
  control: Control,
): Promise<Ending> {
  const ending: Ending = { exit: { code: null, signal: null } };
  let lastSignMs = performance.now();
  let giveUp: () => void = () => undefined;
  const cannotEnd = new Promise<void>((resolve) => (giveUp = resolve));
  const stop = (reason: StopReason): void => {
    if (ending.stopped !== undefined) return;
    ending.stopped = reason;
    session.stop(GRACE_MS).catch((error: unknown) => {
      ending.problem = messageOf(error);
      giveUp();
    });
  };
  const follow = async (): Promise<void> => {
    for await (const event of session.events) {
      lastSignMs = performance.now();
      if (event.type === 'exit') ending.exit = event.exit;
      else await onDriverEvent(place, post, event);
    }
  };
  const timers = [
    await taskTimer(place, post, () => stop('task-timeout')),
    silenceTimer(
      place,
      post,
      () => lastSignMs,
      () => stop('silence'),
    ),
  ];
  control.onStop(stop);
  try {
    await Promise.race([follow(), cannotEnd]);
  } finally {
    for (const clear of timers) clear();
  }
  return ending;
}

async function taskTimer({ site }: WorkerPlace, { claim }: Post, onEnd: () => void): Promise<() => void> {
  const task = await requireTask(site.store, claim.taskId);
  const limit = task.timeoutMs ?? site.run.options.taskTimeoutMs;
  const timer = setTimeout(onEnd, Math.min(limit, LONGEST_TIMER_MS));
  return () => clearTimeout(timer);
}

// A longer one would fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Any output, tool call or callsheet command of the worker is a sign of life. Silence is measured on a clock that nobody
 * can set: a machine that slept, or whose time was corrected, must not make a worker look silent, or never so.
 */
function silenceTimer(
  { site }: WorkerPlace,
  { agent }: Post,
  lastOutputMs: () => number,
  onEnd: () => void,
): () => void {
  const limit = site.run.options.silenceTimeoutMs;
  let timer: NodeJS.Timeout;
  let isOver = false;
  let lookedMs = performance.now();
  let commandMs = lookedMs;
  let seen: number | undefined;
  const check = async (): Promise<void> => {
    const said = (await findAgent(site.store, agent.id))?.lastSignAt;
    const nowMs = performance.now();
    if (said !== undefined && said !== seen) commandMs = nowMs - ageOf(said, nowMs - lookedMs);
    seen = said;
    lookedMs = nowMs;
    const silentFor = nowMs - Math.max(lastOutputMs(), commandMs);
    if (isOver) return;
    if (silentFor >= limit) onEnd();
    else arm(limit - silentFor);
  };
  // A command that was given since the last look cannot be older than that, whatever the time of day says.
  const ageOf = (said: number, sinceLookMs: number): number =>
    Math.min(Math.max(site.store.clock.now() - said, 0), sinceLookMs);
  const arm = (ms: number): void => {
    timer = setTimeout(() => void check().catch(onEnd), Math.min(Math.max(ms, 10), LONGEST_TIMER_MS));
  };
  arm(limit);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
