import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIGRATIONS } from '../../src/sheet/migrations.js';
import { openSqliteStore, type Chance, type Clock, type Store, type Wake } from '../../src/store/index.js';
import { putReadySheet } from '../support/ready-sheet.js';

const SHEET = 'sheet.db';
/** The database and its log of what is not yet in it. */
const PARTS = ['', '-wal'];

/** Memory that looks like a disk where there is some, else the folder for temporary files. */
const FASTEST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A wake-up inside of one process: told at once, heard when whoever commits has let go of the sheet. */
class InProcessWake implements Wake {
  private readonly listeners = new Set<() => void>();
  /** Several commits of one moment are told once. */
  private isTold = false;

  constructor(
    private readonly clock: Clock,
    private readonly onCommit: () => void,
  ) {}

  ring(): void {
    this.onCommit();
    if (this.isTold) return;
    this.isTold = true;
    this.clock.after(0, () => {
      this.isTold = false;
      for (const listener of [...this.listeners]) listener();
    });
  }

  watch(onCommit: () => void): () => void {
    this.listeners.add(onCommit);
    return () => this.listeners.delete(onCommit);
  }

  close(): void {
    this.listeners.clear();
  }
}

export interface SimulatedSheet {
  /** Holds everything of a schedule: sheet, workspaces, the folder that stands for the checkout. */
  folder: string;
  file: string;
  /** The one real store; every simulated process has its own view of it. */
  store: Store;
  /** Keeps the sheet as it is now, for {@link restore}. */
  copy(): void;
  hasCopy(): boolean;
  /** Goes back to the copy, as a power cut does. The store is another one afterwards. */
  restore(): Promise<void>;
  remove(): Promise<void>;
}

/** @param onCommit Called in the commit itself, before anybody else hears of it. */
export async function givenSimulatedSheet(
  clock: Clock,
  chance: Chance,
  onCommit: () => void,
): Promise<SimulatedSheet> {
  const folder = mkdtempSync(join(FASTEST, 'callsheet-simulation-'));
  const file = join(folder, 'repo', '.git', 'callsheet', SHEET);
  await putReadySheet(file);
  const wake = new InProcessWake(clock, onCommit);
  const open = async (): Promise<Store> => {
    const store = await openSqliteStore({ file, migrations: MIGRATIONS, clock, chance, wake });
    const flush = store.flush.bind(store);
    // What was brought onto the disk is not lost with the rest.
    store.flush = async () => {
      await flush();
      if (sheet.hasCopy()) sheet.copy();
    };
    return store;
  };
  const sheet: SimulatedSheet = {
    ...{ folder, file },
    store: await open(),
    copy() {
      for (const part of PARTS) {
        rmSync(`${file}${part}.kept`, { force: true });
        if (existsSync(file + part)) copyFileSync(file + part, `${file}${part}.kept`);
      }
    },
    hasCopy: () => existsSync(`${file}.kept`),
    async restore() {
      await sheet.store.close();
      for (const part of [...PARTS, '-shm']) rmSync(file + part, { force: true });
      for (const part of PARTS) {
        if (existsSync(`${file}${part}.kept`)) renameSync(`${file}${part}.kept`, file + part);
      }
      sheet.store = await open();
    },
    async remove() {
      await sheet.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return sheet;
}
