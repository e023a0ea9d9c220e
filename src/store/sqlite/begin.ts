import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../clock.js';
import type { Database } from './database.js';
import { isBusy } from './errors.js';

/** How long a write waits for the sheet before it gives up, in milliseconds. */
export const BUSY_LIMIT_MS = 5_000;
const SPIN_MS = 25;
// Whoever still holds the sheet after that is stuck or stopped: no hurry, and hardly any work while it lasts.
const LONG_MS = 1_000;
const LONG_PAUSE_MS = 25;

/** Decides, each time that the sheet is found locked, whether to try again after so many milliseconds of waiting. */
export type Patience = (waitedMs: number) => boolean;

/** At most {@link BUSY_LIMIT_MS}. */
export const shortPatience: Patience = (waitedMs) => waitedMs <= BUSY_LIMIT_MS;

/**
 * Begins a write transaction, retried with a jittered pause of 0.15–1.2 ms. SQLite's own `busy_timeout` starves
 * (one process of eight got one operation in 2.5 s); the jitter caps the worst wait near 0.2 s. The first 25 ms
 * wait on the thread, since timers cannot be shorter than 1 ms; after that the event loop runs between tries.
 */
export async function beginImmediate(
  database: Database,
  chance: Chance,
  patience: Patience = shortPatience,
): Promise<void> {
  await untilNotBusy(() => database.exec('begin immediate'), chance, patience);
}

/** Runs something that may find the database locked until it is not, or patience is at its end. */
export async function untilNotBusy<T>(
  attempt: () => T,
  chance: Chance,
  patience: Patience = shortPatience,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      const waited = performance.now() - start;
      if (!isBusy(error) || !patience(waited)) throw error;
      const ms = 0.15 + chance.unit() * 1.05;
      if (waited < SPIN_MS) Atomics.wait(PAUSE, 0, 0, ms);
      else await pause(waited < LONG_MS ? ms : LONG_PAUSE_MS * ms);
    }
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
