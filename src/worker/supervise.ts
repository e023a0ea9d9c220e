import { findAgent } from '../agent/index.js';
import type { Exit, Session } from '../driver/index.js';
import { messageOf } from '../error/index.js';
import { requireTask } from '../task/index.js';
import { onDriverEvent } from './on-event.js';
import type { Post, StopReason, WorkerPlace } from './place.js';
import { silenceMeter } from './silence.js';

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
  let lastSign = place.site.store.clock.now();
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
      lastSign = place.site.store.clock.now();
      if (event.type === 'exit') ending.exit = event.exit;
      else await onDriverEvent(place, post, event);
    }
  };
  const timers = [
    await taskTimer(place, post, () => stop('task-timeout')),
    silenceTimer(
      place,
      post,
      () => lastSign,
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
  return site.store.clock.after(limit, onEnd);
}

/** Any output, tool call or callsheet command of the worker is a sign of life. */
function silenceTimer(
  { site }: WorkerPlace,
  { agent }: Post,
  lastSign: () => number,
  onEnd: () => void,
): () => void {
  const limit = site.run.options.silenceTimeoutMs;
  const { clock } = site.store;
  const meter = silenceMeter();
  let cancel: () => void = () => undefined;
  let isOver = false;
  const check = async (waitedMs: number): Promise<void> => {
    const said = (await findAgent(site.store, agent.id))?.lastSignAt;
    const silentFor = meter.look(waitedMs, clock.now(), [lastSign(), said]);
    if (isOver) return;
    if (silentFor >= limit) onEnd();
    else arm(limit - silentFor);
  };
  const arm = (ms: number): void => {
    const waitMs = Math.max(ms, 10);
    cancel = clock.after(waitMs, () => void check(waitMs).catch(onEnd));
  };
  arm(limit);
  return () => {
    isOver = true;
    cancel();
  };
}
