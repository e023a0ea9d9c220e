import { findEvents, lastSeq, type Event } from '../../event/index.js';
import { liveAgents } from '../../agent/index.js';
import type { Context } from '../operation.js';
import { narrate } from './narrate.js';
import { openScreen } from './screen.js';

export interface Follower {
  /** Shows what is still to be shown, and ends. */
  stop(): Promise<void>;
}

/**
 * Shows a run while it goes on, woken by commits: one JSON event a line, plain lines, or on a terminal a few
 * lines that are redrawn.
 */
export async function followRun(context: Context, runId: string, options: { since?: number } = {}): Promise<Follower> {
  const { store } = context.sheet;
  const names = new Map<string, string>();
  const screen = context.output === 'terminal' ? await openScreen(context, runId) : undefined;
  let since = options.since ?? (await lastSeq(store));
  let showing: Promise<void> = Promise.resolve();

  const nameOf = (id: string): string => names.get(id) ?? id;
  const showNew = async (): Promise<void> => {
    const events = await findEvents(store, { since, runId });
    if (events.some((event) => event.agentId !== undefined && !names.has(event.agentId))) {
      for (const agent of await liveAgents(store)) names.set(agent.id, agent.name);
    }
    for (const event of events) {
      since = event.seq;
      show(event);
    }
    await screen?.draw();
  };
  const show = (event: Event): void => {
    const line = narrate(event, nameOf);
    if (screen === undefined) context.emit(event, line);
    else if (line !== undefined) screen.keep(line);
  };
  const next = (): void => {
    showing = showing.then(showNew);
    // Reported by `stop`; until then the run goes on without its picture.
    showing.catch(() => undefined);
  };
  const unwatch = store.watch(next);
  const tick = screen === undefined ? undefined : setInterval(next, 1_000);
  next();
  return {
    async stop() {
      unwatch();
      clearInterval(tick);
      next();
      await showing;
      screen?.close();
    },
  };
}
