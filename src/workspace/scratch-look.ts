import { lstat, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { errorCode } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { defined, type Store } from '../store/index.js';
import { oneLine, plainText } from '../text/index.js';

/** More is somebody's data, and looking through it would cost more than knowing of it is worth. */
const MOST_ENTRIES = 2_000;
const MOST_NAMED = 20;

/** Tells in the log what has been written into a shared folder since it last looked; at first everything. */
export class ScratchLook {
  private stamps: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly store: Store,
    private readonly folder: string,
    private readonly runId?: string,
  ) {}

  /** Takes what is there now as known. */
  async begin(): Promise<void> {
    this.stamps = await stampsIn(this.folder);
  }

  /** Records one event for all that is new or has changed. */
  async look(): Promise<void> {
    const stamps = await stampsIn(this.folder);
    const written = [...stamps].filter(([path, stamp]) => this.stamps.get(path) !== stamp);
    this.stamps = stamps;
    if (written.length > 0) await this.tell(written.map(([path]) => path).sort());
  }

  private async tell(written: readonly string[]): Promise<void> {
    const files = written.slice(0, MOST_NAMED).map((path) => oneLine(plainText(path), 200));
    const data = { folder: this.folder, files, count: written.length };
    await this.store.transaction((tx) =>
      appendEvent(tx, { type: 'scratch.written', ...defined({ runId: this.runId }), data }),
    );
  }
}

/** The files of a folder, without following links; of more than {@link MOST_ENTRIES} the first, level by level. */
async function stampsIn(top: string): Promise<Map<string, string>> {
  const stamps = new Map<string, string>();
  const folders = [top];
  let seen = 0;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of await entriesIn(folder)) {
      seen += 1;
      if (seen > MOST_ENTRIES) return stamps;
      const file = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(file);
      const stamp = entry.isFile() ? await stampOf(file) : undefined;
      if (stamp !== undefined) stamps.set(relative(top, file), stamp);
    }
  }
  return stamps;
}

/** What vanished meanwhile, and what others have closed to us, is not there. */
async function entriesIn(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    return gone(error);
  }
}

async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await lstat(file);
    return `${size}:${mtimeMs}:${ctimeMs}:${ino}`;
  } catch (error) {
    return gone(error).at(0);
  }
}

function gone(error: unknown): [] {
  if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return [];
  throw error;
}

const EVERY_MS = 2_000;

/** Looks every two seconds for what is written from now on, one look at a time, until it is closed; then once more. */
export function watchScratch(
  look: ScratchLook,
  { clock }: Pick<Store, 'clock'>,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  let isClosed = false;
  let cancel: () => void = () => undefined;
  let last = look.begin().catch(onError);
  const lookNow = (): Promise<void> => look.look().catch(onError);
  const wait = (): void => {
    cancel = clock.after(EVERY_MS, () => {
      last = lookNow().then(() => {
        if (!isClosed) wait();
      });
    });
  };
  wait();
  return {
    async close() {
      isClosed = true;
      cancel();
      await last;
      await lookNow();
    },
  };
}
