import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { acquireLockFile } from './lock-file.js';
import { retryTransient } from './retry.js';

// A `worktree add` takes milliseconds without its checkout; a minute of waiting means that something is stuck.
const WAIT_MS = 60_000;

const queues = new Map<string, Promise<unknown>>();

/**
 * Runs work that writes what all worktrees of a repository share (registrations, branches, configuration): one at
 * a time in this process, in order, and one at a time among processes; again when git itself says that it collided
 * with somebody else's git. Work that waits for more of the same kind would wait for itself.
 */
export async function changeSharedState<Result>(
  commonDir: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = queues.get(commonDir) ?? Promise.resolve();
  const turn = before.then(() => whileLocked(commonDir, () => retryTransient(work)));
  const settled = turn.then(nothing, nothing);
  queues.set(commonDir, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(commonDir) === settled) queues.delete(commonDir);
  }
}

async function whileLocked<Result>(commonDir: string, work: () => Promise<Result>): Promise<Result> {
  const folder = join(commonDir, 'callsheet');
  mkdirSync(folder, { recursive: true });
  const lock = await acquireLockFile(join(folder, 'git.lock'), WAIT_MS);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function nothing(): void {
  // The one who asked for the work sees how it ended; whoever comes next only waits for its end.
}
