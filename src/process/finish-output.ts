import type { StartedProcess } from './start-process.js';

// What is in a pipe when its writers are gone is read in milliseconds. Past this, somebody whom we could not find
// holds it open (a daemon that emptied its environment): its words are not worth waiting for.
const READ_WITHIN_MS = 1_000;

/** Waits until the output of a tree that has ended was read to its end, within a second. */
export async function finishOutput(child: StartedProcess): Promise<void> {
  const timer = setTimeout(() => child.abandonOutput(), READ_WITHIN_MS);
  try {
    await child.closed;
  } finally {
    clearTimeout(timer);
  }
}
