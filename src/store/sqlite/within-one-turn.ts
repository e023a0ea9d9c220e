/**
 * Runs the work of a transaction, which awaits nothing but its own statements. Those answer at once, so it has ended
 * before the event loop turns; what waits for anything else (the store itself above all, which would be for ever) keeps
 * everybody from writing meanwhile.
 * @throws {Error} when it has not ended by then.
 */
export async function withinOneTurn<T>(work: () => Promise<T>): Promise<T> {
  let turn: NodeJS.Immediate | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    turn = setImmediate(() => reject(new Error('a transaction awaits nothing but its own statements')));
  });
  try {
    return await Promise.race([work(), tooLate]);
  } finally {
    clearImmediate(turn);
  }
}
