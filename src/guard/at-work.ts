import type { Reader } from '../store/index.js';
import { workOf } from '../write/index.js';

/** A file that a session has written. */
export type Work = Awaited<ReturnType<typeof workOf>>[number];

/** What live sessions have written in checkouts, as {@link workOf} has it; each checkout is looked at once. */
export class AtWork {
  private readonly known = new Map<string, readonly Work[]>();

  /** @param exceptSession Whose work is left out: a session's of many writes is then not paid for. */
  constructor(
    private readonly reader: Reader,
    private readonly exceptSession?: string,
  ) {}

  async in(checkout: string): Promise<readonly Work[]> {
    const works = this.known.get(checkout) ?? (await workOf(this.reader, checkout, this.exceptSession));
    this.known.set(checkout, works);
    return works;
  }
}
