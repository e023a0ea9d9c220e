import { messageOf } from '../error/index.js';
import type { Sheet } from '../sheet/index.js';
import { knownScratch, ScratchLook } from '../workspace/index.js';
import { NewestOnly } from './newest-only.js';

/** Hooks come many a second; the folder is looked through once for all of them. */
const PAUSE_MS = 1_000;

/**
 * Tells in the log what sessions write into the folder that they share. It looks when a hook has been answered: then a
 * session is at work, and without one nobody is there to write.
 */
export class SharedFolder {
  private readonly queue = new NewestOnly();
  private cancel: (() => void) | undefined;
  private watched: { folder: string; look: ScratchLook } | undefined;

  constructor(
    private readonly sheet: Sheet,
    private readonly say: (line: string) => void,
  ) {
    // What is there when the server begins has been there for whoever was at work.
    this.queue.add('', () => this.orSay(this.begin()));
  }

  /** A hook has been answered. */
  noted(): void {
    this.cancel ??= this.sheet.store.clock.after(PAUSE_MS, () => this.lookNext());
  }

  /** What was written up to now stands in the log. */
  async finished(): Promise<void> {
    if (this.cancel !== undefined) {
      this.cancel();
      this.lookNext();
    }
    await this.queue.finished();
  }

  private lookNext(): void {
    this.cancel = undefined;
    this.queue.add('', () => this.orSay(this.look()));
  }

  private orSay(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) =>
      this.say(`The shared folder was not looked at: ${messageOf(error)}`),
    );
  }

  private async begin(): Promise<void> {
    const folder = knownScratch(this.sheet.folder);
    if (folder === undefined) return;
    this.watched = { folder, look: new ScratchLook(this.sheet.store, folder) };
    await this.watched.look.begin();
  }

  private async look(): Promise<void> {
    const folder = knownScratch(this.sheet.folder);
    if (folder === undefined) return;
    if (this.watched?.folder !== folder)
      this.watched = { folder, look: new ScratchLook(this.sheet.store, folder) };
    await this.watched.look.look();
  }
}
