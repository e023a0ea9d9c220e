/** How long nothing was heard, in milliseconds, whatever happens to the time of day meanwhile. */
export interface SilenceMeter {
  /**
   * A look, `waitedMs` after the last one as a timer counts it. `signs` are when each source was heard last, by the time
   * of day, or undefined.
   */
  look(waitedMs: number, nowMs: number, signs: readonly (number | undefined)[]): number;
}

/**
 * Signs of life carry the time of day, which a person or a sleeping machine can move: between two looks a day may seem
 * to have passed, or less than nothing. What came since the last look cannot be older than that look.
 */
export function silenceMeter(): SilenceMeter {
  let silentMs = 0;
  let seen: readonly (number | undefined)[] = [];
  return {
    look(waitedMs, nowMs, signs) {
      silentMs += waitedMs;
      for (const [source, sign] of signs.entries()) {
        if (sign === undefined || sign === seen[source]) continue;
        silentMs = Math.min(silentMs, Math.max(nowMs - sign, 0), waitedMs);
      }
      seen = [...signs];
      return silentMs;
    },
  };
}
