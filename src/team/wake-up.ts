import { findAgent, noteIdle, noteWaiter, type Agent } from '../agent/index.js';
import type { Store } from '../store/index.js';
import { findTasks, nextOffer } from '../task/index.js';
import { handOut } from './hand-out.js';
import { takeBackLapsed } from './lapsed.js';
import { mailDelivered, mailFor } from './mail.js';
import { mayBeGiven } from './work-waits.js';

/** What an idle session is woken with. */
export interface Call {
  text: string;
  /** Whoever has said it to the session calls this. */
  said: () => Promise<void>;
}

const LOOK_AFTER_MS = 30_000;

/**
 * Waits until there is something for a session that has nothing to do: a message, or for a worker a task, which is
 * claimed for it. It sleeps between commits of others. At work the session hears by itself, so it is waited on.
 * @param signal Ends the waiting, as do the end of the session and another who waits for it.
 * @param lookAfterMs How long nothing but the clock may have changed before it is looked again. Default 30,000.
 * @returns Undefined when nobody is to be woken any more.
 */
export async function waitForCall(
  store: Store,
  agentId: string,
  signal: AbortSignal,
  lookAfterMs = LOOK_AFTER_MS,
): Promise<Call | undefined> {
  const waiter = store.chance.token();
  await store.transaction((tx) => noteWaiter(tx, agentId, waiter));
  const news = new News(store, signal);
  try {
    while (!signal.aborted) {
      news.forget();
      const agent = await findAgent(store, agentId);
      if (agent?.waiter !== waiter || agent.endedAt !== undefined) return undefined;
      const call = agent.idleSince === undefined ? undefined : await callFor(store, agent);
      if (call !== undefined) return call;
      await news.next(Math.min(lookAfterMs, await untilNextOffer(store, agent)));
      // Nobody else may be there to see that a lease has run out, or a client gone.
      if (news.isQuiet) await takeBackLapsed(store);
    }
    return undefined;
  } finally {
    news.stop();
  }
}

async function callFor(store: Store, agent: Agent): Promise<Call | undefined> {
  const mail = await mailFor(store, agent);
  if (mail !== undefined && (await rouse(store, agent)))
    return { text: mail.text, said: () => mailDelivered(store, mail) };
  if (!(await mayBeGiven(store, agent))) return undefined;
  const text = await store.transaction(async (tx) => {
    const now = await findAgent(tx, agent.id);
    if (now?.idleSince === undefined || (await findTasks(tx, { claimedBy: agent.id })).length > 0)
      return undefined;
    const task = await handOut(tx, now);
    if (task !== undefined) await noteIdle(tx, agent.id, undefined);
    return task;
  });
  return text === undefined ? undefined : { text, said: () => Promise.resolve() };
}

/** A session that a person has spoken to meanwhile is at work, and hears of it with its next step. */
async function rouse(store: Store, { id }: Agent): Promise<boolean> {
  return store.transaction(async (tx) => {
    const isIdle = (await findAgent(tx, id))?.idleSince !== undefined;
    if (isIdle) await noteIdle(tx, id, undefined);
    return isIdle;
  });
}

/** A task that is tried again after a pause becomes ready without a commit. */
async function untilNextOffer(store: Store, agent: Agent): Promise<number> {
  const now = store.clock.now();
  const offer = agent.follows === true ? await nextOffer(store, agent, now) : undefined;
  return offer === undefined || offer <= now ? Infinity : offer - now;
}

/** Commits of others, and the end of the waiting. */
class News {
  /** Whether the last wait ended with nothing new. */
  isQuiet = false;
  private has = false;
  private wake: (() => void) | undefined;
  private readonly unwatch: () => void;

  constructor(
    private readonly store: Store,
    private readonly signal: AbortSignal,
  ) {
    this.unwatch = store.watch(this.tell);
    signal.addEventListener('abort', this.tell);
  }

  forget(): void {
    this.has = false;
  }

  /** Resolves with the next commit since {@link forget}, or after so long. */
  async next(ms: number): Promise<void> {
    this.isQuiet = false;
    if (this.has) return;
    await new Promise<void>((resolve) => {
      const cancel = this.store.clock.after(ms, () => {
        this.isQuiet = true;
        resolve();
      });
      this.wake = () => {
        cancel();
        resolve();
      };
    });
    this.wake = undefined;
  }

  stop(): void {
    this.unwatch();
    this.signal.removeEventListener('abort', this.tell);
  }

  private readonly tell = (): void => {
    this.has = true;
    this.wake?.();
  };
}
