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

/** Runs git work again, with growing pauses, while another git process holds what it needs. */
export async function retryTransient<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    await pause(pauseMs);
  }
  return work();
}

export function isTransient(error: unknown): boolean {
  const stderr = stderrOf(error);
  return stderr !== undefined && TRANSIENT.some((pattern) => pattern.test(stderr));
}

/** What git wrote to standard error when a call failed; undefined for any other error. */
export function stderrOf(error: unknown): string | undefined {
  if (!(error instanceof CallsheetError) || error.code !== 'GIT_FAILED') return undefined;
  const data: unknown = error.data;
  if (typeof data !== 'object' || data === null || !('stderr' in data)) return undefined;
  return typeof data.stderr === 'string' ? data.stderr : undefined;
}
