import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../clock.js';
import type { Database } from './database.js';
import { isBusy } from './errors.js';

/** How long a write waits for the sheet before it gives up, in milliseconds. */
export const BUSY_LIMIT_MS = 5_000;
/** So long it waits on the thread: timers cannot be shorter than 1 ms. */
const SPIN_MS = 25;
/** Who has waited so long tries again as soon as it can, however many others wait. */
const PATIENT_MS = 150;
/** Whoever still holds the sheet after that may be stuck or stopped: hardly any work while it lasts. */
const LONG_MS = 1_000;
const LONG_PAUSES = 4;
/** The longest of the growing pauses, in multiples of the first. */
const LONGEST = 8;

/** Decides, each time that the sheet is found locked, whether to try again after so many milliseconds of waiting. */
export type Patience = (waitedMs: number) => boolean;

/** At most {@link BUSY_LIMIT_MS}. */
export const shortPatience: Patience = (waitedMs) => waitedMs <= BUSY_LIMIT_MS;

/**
 * Begins a write transaction, retried with a jittered pause. SQLite's own `busy_timeout` starves: one process of eight
 * got one operation in 2.5 s.
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
  let start: number | undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return attempt();
    } catch (error) {
      start ??= performance.now();
      const waited = performance.now() - start;
      if (!isBusy(error) || !patience(waited)) throw error;
      const ms = pauseMs(tries, waited, chance);
      if (waited + ms < SPIN_MS) Atomics.wait(PAUSE, 0, 0, ms);
      else await pause(ms);
    }
  }
}

/**
 * A single short transaction is over at the second or third try, 0.15–1.2 ms apart. Where many write without a break
 * the pauses grow: the one at work goes on with warm caches, and is not put off its core by those who only look. Who
 * has waited long does not wait longer for that.
 */
function pauseMs(tries: number, waitedMs: number, chance: Chance): number {
  const first = 0.15 + chance.unit() * 1.05;
  if (waitedMs > LONG_MS) return first * LONG_PAUSES;
  return waitedMs > PATIENT_MS ? first : first * Math.min(tries, LONGEST);
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
