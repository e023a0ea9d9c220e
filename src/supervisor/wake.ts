/** A bell that is heard also by whoever begins to listen after it was rung. */
export interface Bell {
  ring: () => void;
  /** Resolves at the next ring (at once when one was missed), or after so many milliseconds. */
  wait: (atMostMs: number) => Promise<void>;
}

export function createBell(): Bell {
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
          const timer = setTimeout(resolve, Math.min(atMostMs, 2 ** 31 - 1));
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wakeUp = undefined;
      rung = false;
    },
  };
}
