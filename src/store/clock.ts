import { randomBytes } from 'node:crypto';

/** Where time comes from, and what waits for it. Tests and simulations bring their own. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Calls `work` once, in `ms` milliseconds or a little later; a jump of {@link now} does not move that. Returns the way to cancel it. */
  after(ms: number, work: () => void): () => void;
}

/** Where chance comes from. Tests and simulations bring their own. */
export interface Chance {
  /** A number in [0, 1). */
  unit(): number;
  /** An unguessable secret, 32 hexadecimal characters. */
  token(): string;
}

// setTimeout fires at once beyond this, about 24.8 days.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    let leftMs = ms;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
      leftMs -= stepMs;
      timer = setTimeout(leftMs > 0 ? arm : work, stepMs);
    };
    arm();
    return () => clearTimeout(timer);
  },
};

const GOLDEN = 0.618_033_988_75;

export const systemChance: Chance = {
  // Processes can be started so that all of them draw the same; they must not try again in step.
  unit: () => (Math.random() + process.pid * GOLDEN) % 1,
  token: () => randomBytes(16).toString('hex'),
};
