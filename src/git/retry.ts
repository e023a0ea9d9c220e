import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { CallsheetError } from '../error/index.js';

// What git says when another git holds one of its lock files for a moment, and when `worktree add` reads the
// half-written registration of another worktree.
const TRANSIENT = [
  /Unable to create '.*\.lock': File exists/s,
  /could not lock config file/,
  /cannot lock ref .*: Unable to create/s,
  /cannot lock references/,
  /failed to read .*worktrees.*(?:commondir|gitdir|HEAD)/s,
  /could not create (?:leading )?director(?:y|ies) .*worktrees.*: (?:File exists|No such file)/s,
  /Another git process seems to be running/,
];

// About 3 s together: longer than any write of git to a ref, the index or the configuration takes.
const PAUSES_MS = [15, 30, 60, 120, 240, 480, 960, 1_000];

/**
 * Runs git work again, with growing pauses, while another git process holds what it needs.
 * @throws {CallsheetError} `GIT_LOCKED` naming the lock file when it is still held after about 3 s.
 */
export async function retryTransient<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    await pause(pauseMs);
  }
  try {
    return await work();
  } catch (error) {
    throw lockedError(error) ?? error;
  }
}

/** A lock file of git says nothing of who made it, so it is never removed for others: a person can tell. */
function lockedError(error: unknown): CallsheetError | undefined {
  const stderr = stderrOf(error) ?? '';
  const file = /Unable to create '([^'\n]*\.lock)': File exists/.exec(stderr)?.[1];
  const config = /could not lock config file ([^\n]*): File exists/.exec(stderr)?.[1];
  const lock = file ?? (config === undefined ? undefined : `${config}.lock`);
  if (lock === undefined) return undefined;
  const since = sinceWhen(lock);
  return new CallsheetError(
    'GIT_LOCKED',
    `Another git holds ${lock}${since}, or was killed and left it. Nothing was changed.`,
    {
      hint: `Wait until it has ended. When no git runs on this repository any more, remove it: rm '${lock}'. Then give the command again (a run goes on with callsheet resume).`,
      cause: error,
      data: { lock, stderr },
    },
  );
}

function sinceWhen(file: string): string {
  const made = statSync(file, { throwIfNoEntry: false })?.mtime;
  return made === undefined ? '' : ` since ${made.toISOString().slice(0, 19)}Z`;
}

export function isTransient(error: unknown): boolean {
  // That was waited for already.
  if (error instanceof CallsheetError && error.code === 'GIT_LOCKED') return false;
  const stderr = stderrOf(error);
  return stderr !== undefined && TRANSIENT.some((pattern) => pattern.test(stderr));
}

/** What git wrote to standard error when a call failed; undefined for any other error. */
export function stderrOf(error: unknown): string | undefined {
  if (!(error instanceof CallsheetError) || !['GIT_FAILED', 'GIT_LOCKED'].includes(error.code))
    return undefined;
  const data: unknown = error.data;
  if (typeof data !== 'object' || data === null || !('stderr' in data)) return undefined;
  return typeof data.stderr === 'string' ? data.stderr : undefined;
}
