const FIRST_MS = 1_000;
/** No pause between two attempts is longer, in milliseconds. */
export const LONGEST_BACKOFF_MS = 60_000;

/** The pause before the next attempt, in milliseconds: 1 s, doubled with each failure, at most 60 s. */
export function backoffMs(failures: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
}
