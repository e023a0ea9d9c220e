import { isAlive, type ProcessIdentity } from '../../process/index.js';
import { findRun, type Run } from '../../run/index.js';
import type { Store } from '../../store/index.js';

/** The process that works on a run, when there is one and it lives. */
export function engineOf(run: Run | undefined): ProcessIdentity | undefined {
  if (run?.state !== 'running' || run.enginePid === undefined || run.enginePidStartedAt === undefined)
    return undefined;
  const engine = { pid: run.enginePid, startedAt: run.enginePidStartedAt };
  return isAlive(engine) ? engine : undefined;
}

/** Until no engine works on the run. Woken by commits; looks once a second besides, since a dying engine commits nothing. */
export async function untilNoEngine(store: Store, runId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    // Listens before it looks, so that nothing is missed in between.
    const commit = nextCommit(store, signal);
    try {
      if (signal.aborted || engineOf(await findRun(store, runId)) === undefined) return;
      await commit.happened;
    } finally {
      commit.forget();
    }
  }
}

/** The next commit of any process, or a second, whichever comes first: who dies commits nothing. */
export function nextCommit(
  store: Store,
  signal: AbortSignal,
): { happened: Promise<void>; forget: () => void } {
  let wake = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const timer = setTimeout(wake, 1_000);
  const unwatch = store.watch(wake);
  signal.addEventListener('abort', wake);
  const forget = (): void => {
    clearTimeout(timer);
    unwatch();
    signal.removeEventListener('abort', wake);
  };
  return { happened, forget };
}
