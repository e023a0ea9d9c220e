/**
 * The seeds that a family of seeded tests runs with: `0` to `usual - 1`; as many as `TEST_SEEDS` says, from
 * `TEST_FIRST_SEED` on; or only the one in `TEST_SEED`, which is what a failure prints to be seen again.
 */
export function seeds(usual: number): number[] {
  const only = process.env['TEST_SEED'];
  if (only !== undefined) return [wholeNumber('TEST_SEED', only)];
  const many = process.env['TEST_SEEDS'];
  const first = wholeNumber('TEST_FIRST_SEED', process.env['TEST_FIRST_SEED'] ?? '0');
  return Array.from(
    { length: many === undefined ? usual : wholeNumber('TEST_SEEDS', many) },
    (_, index) => first + index,
  );
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name}=${text} is no whole number`);
  return Number(text);
}

/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed + 0x6d2b79f5;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
