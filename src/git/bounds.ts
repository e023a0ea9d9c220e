import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';

import { CallsheetError } from '../error/index.js';

/** What ends a git that has been started within {@link boundedGit}. */
interface GitBounds {
  signal: AbortSignal;
  /** In milliseconds, for each call of git. Default: only the limit of every call. */
  limitMs?: number;
}

// A clean filter or a dead network file system can hang git for ever, and with it whoever waits for the landing.
export const TIMEOUT_MS = 30 * 60_000;

const bounds = new AsyncLocalStorage<GitBounds>();
let underWay = 0;

/**
 * Does work in which git only looks, or writes what nobody misses: each git that it starts is ended when the signal
 * fires or its time is up, whatever it waits for (a pipe, a filter, a disk that is gone).
 * @throws {CallsheetError} `INTERRUPTED`, `GIT_STUCK` naming the command, besides what the work throws.
 */
export async function boundedGit<T>(given: GitBounds, work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await bounds.run(given, work);
  } finally {
    underWay -= 1;
    // Until it is switched off, each promise of the process takes several times as long.
    if (underWay === 0) bounds.disable();
  }
}

/** Ends a git that has just been started when it must not go on. `check` throws when that was so. */
export function watchOver(child: ChildProcess, cwd: string, command: string): { check: () => void } {
  const given = bounds.getStore();
  if (given === undefined) return { check: () => undefined };
  const { signal, limitMs = TIMEOUT_MS } = given;
  let isLate = false;
  const end = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, limitMs);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  child.once('close', () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
  return {
    check() {
      if (child.signalCode !== 'SIGKILL') return;
      if (signal.aborted) throw interrupted();
      if (isLate) throw stuck(cwd, command, limitMs);
    },
  };
}

function interrupted(): CallsheetError {
  return new CallsheetError(
    'INTERRUPTED',
    'Interrupted while git looked at the repository. Nothing was started.',
    {
      exit: 'interrupted',
    },
  );
}

function stuck(cwd: string, command: string, limitMs: number): CallsheetError {
  return new CallsheetError(
    'GIT_STUCK',
    `\`git ${command}\` has not come to an end within ${limitMs / 1_000} s in ${cwd}, and was ended. Nothing was started.`,
    {
      hint: 'Give that command by hand to see what it waits for: a pipe named .gitignore or .gitattributes in a folder, a filter, a disk that does not answer.',
    },
  );
}
