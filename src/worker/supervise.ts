import { findAgent } from '../agent/index.js';
import type { DriverEvent, Exit, Session } from '../driver/index.js';
import { requireTask } from '../task/index.js';
import { onDriverEvent } from './on-event.js';
import type { Post, StopReason, WorkerPlace } from './place.js';

export interface Ending {
  exit: Exit;
  stopped?: StopReason;
}

/** How long a process tree has to end by itself, in milliseconds. */
const GRACE_MS = 3_000;

/**
 * Follows a session to its end: takes its events, and stops it when its time is up, when it is silent for too
 * long, or when `stop` is called. Returns when all of its processes are gone.
 */
export async function supervise(place: WorkerPlace, post: Post, session: Session, control: Control): Promise<Ending> {
  let stopped: StopReason | undefined;
  let lastSign = Date.now();
  const stop = (reason: StopReason): void => {
    if (stopped !== undefined) return;
    stopped = reason;
    // The events end when the tree is gone; a failure to end it shows there.
    stopping = session.stop(GRACE_MS);
  };
  let stopping: Promise<void> = Promise.resolve();
  const timers = [
    await taskTimer(place, post, () => stop('task-timeout')),
    silenceTimer(place, post, () => lastSign, () => stop('silence')),
  ];
  control.onStop(stop);
  let exit: Exit = { code: null, signal: null };
  try {
    for await (const event of session.events) {
      lastSign = Date.now();
      if (event.type === 'exit') exit = event.exit;
      else await handle(place, post, event);
    }
    await stopping;
  } finally {
    for (const clear of timers) clear();
  }
  return { exit, ...(stopped === undefined ? {} : { stopped }) };
}

/** How the engine reaches an attempt under way. */
export interface Control {
  onStop(stop: (reason: StopReason) => void): void;
}

async function handle(place: WorkerPlace, post: Post, event: DriverEvent): Promise<void> {
  await onDriverEvent(place, post, event);
}

async function taskTimer({ site }: WorkerPlace, { claim }: Post, onEnd: () => void): Promise<() => void> {
  const task = await requireTask(site.store, claim.taskId);
  const timer = setTimeout(onEnd, task.timeoutMs ?? site.run.options.taskTimeoutMs);
  return () => clearTimeout(timer);
}

/** Any output, tool call or callsheet command of the worker is a sign of life. */
function silenceTimer({ site }: WorkerPlace, { agent }: Post, lastSign: () => number, onEnd: () => void): () => void {
  const limit = site.run.options.silenceTimeoutMs;
  let timer: NodeJS.Timeout;
  const check = async (): Promise<void> => {
    const said = (await findAgent(site.store, agent.id))?.lastSignAt ?? 0;
    const silentFor = Date.now() - Math.max(lastSign(), said);
    if (silentFor >= limit) onEnd();
    else arm(limit - silentFor);
  };
  const arm = (ms: number): void => {
    timer = setTimeout(() => void check().catch(onEnd), Math.max(ms, 10));
  };
  arm(limit);
  return () => clearTimeout(timer);
}
