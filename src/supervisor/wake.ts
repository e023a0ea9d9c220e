import type { Clock } from '../store/index.js';

/** A bell that is heard also by whoever begins to listen after it was rung. */
export interface Bell {
  ring: () => void;
  /** Resolves at the next ring (at once when one was missed), or after so many milliseconds. */
  wait: (atMostMs: number) => Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let rung = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wakeUp?.();
    },
    async wait(atMostMs) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(atMostMs, resolve);
          wakeUp = () => {
            cancel();
            resolve();
          };
        });
      }
      wakeUp = undefined;
      rung = false;
    },
  };
}
