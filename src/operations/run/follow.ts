import { findEvents, lastSeq } from '../../event/index.js';
import { messageOf } from '../../error/index.js';
import { eventDocument } from '../event-document.js';
import { namesOf } from '../names.js';
import type { Context } from '../operation.js';
import { narrate } from './narrate.js';
import { openScreen } from './screen.js';
import { tell } from './tell.js';

export interface Follower {
  /** Says what is no event: between the lines that are shown. */
  say(line: string): void;
  /** Shows what is still to be shown, and ends. */
  stop(): Promise<void>;
}

export interface Following {
  /** Shows the events after this one. Default: those from now on. */
  since?: number;
  /** The engine works in this process, which an interruption therefore stops. */
  isEngine?: boolean;
}

const STOPPING = 'Stopping: the agents are ended, their work is saved. Once more ends it at once.';

/**
 * Shows a run while it goes on, woken by commits: one JSON event a line, plain lines, or on a terminal a few
 * lines that are redrawn. What goes wrong with the picture does not stop the run.
 */
export async function followRun(context: Context, runId: string, options: Following = {}): Promise<Follower> {
  const { store } = context.sheet;
  // A terminal without a size (a bare pty) cannot be drawn on; it gets plain lines.
  const canDraw = context.output === 'terminal' && process.stdout.columns > 0 && process.stdout.rows > 0;
  const screen = canDraw ? await openScreen(context, runId) : undefined;
  let since = options.since ?? (await lastSeq(store));

  const showNew = async (): Promise<void> => {
    const events = await findEvents(store, { since, runId });
    const names = await namesOf(
      store,
      events.map(({ agentId }) => agentId),
    );
    for (const event of events) {
      since = event.seq;
      const line = narrate(event, names.get(event.agentId ?? '') ?? '');
      if (screen === undefined) context.emit(eventDocument(event, names), line);
      else if (line !== undefined) screen.keep(line);
    }
    await screen?.draw();
  };
  const queue = oneAtATime(showNew);
  const say = (line: string): void => {
    if (screen === undefined) return tell(context, line);
    screen.say(line);
    queue.next();
  };
  const onAbort = (): void => say(STOPPING);
  if (options.isEngine === true) context.signal.addEventListener('abort', onAbort);
  const unwatch = store.watch(queue.next);
  const tick = screen === undefined ? undefined : setInterval(queue.next, 1_000);
  queue.next();
  return {
    say,
    async stop() {
      unwatch();
      clearInterval(tick);
      context.signal.removeEventListener('abort', onAbort);
      queue.next();
      const failure = await queue.done();
      screen?.close();
      if (failure !== undefined)
        tell(context, `The run could not be shown to its end: ${messageOf(failure.error)}`);
    },
  };
}

/** Work that is asked for more often than it can be done: once more after the one under way is enough. */
function oneAtATime(work: () => Promise<void>) {
  let isWanted = false;
  let underWay: Promise<void> | undefined;
  let failure: { error: unknown } | undefined;
  const loop = async (): Promise<void> => {
    while (isWanted && failure === undefined) {
      isWanted = false;
      await work();
    }
  };
  const next = (): void => {
    isWanted = true;
    underWay ??= loop()
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        underWay = undefined;
      });
  };
  return {
    next,
    async done() {
      while (underWay !== undefined) await underWay;
      return failure;
    },
  };
}
