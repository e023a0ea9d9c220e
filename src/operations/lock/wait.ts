import type { LockAnswer } from '../../lock/index.js';
import type { Store } from '../../store/index.js';

// A third of the time after which the queue takes a silent waiter for gone.
const ASK_AGAIN_MS = 20_000;

type Answer = LockAnswer | 'lost';

/** Asks at each commit of anybody, and from time to time, until it is granted, lost, or the time is up. */
export async function untilGranted(
  store: Store,
  ask: () => Promise<Answer>,
  waitMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const deadline = performance.now() + waitMs;
  let wake: (() => void) | undefined;
  let hasNews = false;
  const onNews = (): void => {
    hasNews = true;
    wake?.();
  };
  const stop = store.watch(onNews);
  signal.addEventListener('abort', onNews);
  try {
    for (;;) {
      hasNews = false;
      const answer = await ask();
      const leftMs = deadline - performance.now();
      if (answer === 'lost' || answer.granted || leftMs <= 0 || signal.aborted) return answer;
      await new Promise<void>((resolve) => {
        // A commit while we asked must not be slept over.
        if (hasNews) return resolve();
        const timer = setTimeout(resolve, Math.min(leftMs, ASK_AGAIN_MS));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    signal.removeEventListener('abort', onNews);
    stop();
  }
}
