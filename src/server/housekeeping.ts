import { pruneBlobs } from '../blob/index.js';
import { messageOf } from '../error/index.js';
import type { Repository } from '../git/index.js';
import { pruneSnapshots } from '../guard/index.js';
import type { Sheet } from '../sheet/index.js';

const EVERY_MS = 3_600_000;
const SNAPSHOTS_AT_ONCE = 100;

/** Removes what is kept of the work of live sessions when it is too old or too much, so that nobody has to. */
export class Housekeeping {
  private doneAt = -Infinity;

  constructor(
    private readonly sheet: Sheet,
    private readonly say: (line: string) => void,
  ) {}

  /** At most once an hour, and not all at once: turns wait. What goes wrong is said. */
  async nowAndThen(repository: Repository): Promise<void> {
    const { store, folder } = this.sheet;
    if (store.clock.now() - this.doneAt < EVERY_MS) return;
    this.doneAt = store.clock.now();
    await this.attempt('snapshots', () =>
      pruneSnapshots({ store, repository }, { atOnce: SNAPSHOTS_AT_ONCE }),
    );
    await this.attempt('contents of files', () => pruneBlobs(store, folder));
  }

  private async attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.say(`Old ${what} were not removed: ${messageOf(error)}`);
    }
  }
}
