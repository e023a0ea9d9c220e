/** A rule that always holds did not hold. */
export class Broken extends Error {
  override readonly name = 'Broken';
}
