import { dirname } from 'node:path';
import { assert } from '../../error/index.js';
import { makeFolders } from '../../file/index.js';
import { systemChance, systemClock, type Chance, type Clock } from '../clock.js';
import type { Migration, Row, Store, Transaction } from '../store.js';
import type { Statement } from '../template.js';
import type { Wake } from '../wake.js';
import { BUSY_LIMIT_MS, shortPatience, untilNotBusy, type Patience } from './begin.js';
import { openDatabase, type Database } from './database.js';
import { explained, isOfSqlite, lockedBy } from './errors.js';
import { migrate } from './migrate.js';
import { Prepared } from './prepared.js';
import { openWake, requireWake } from './wake.js';
import { withinOneTurn } from './within-one-turn.js';

export interface SqliteOptions {
  file: string;
  migrations: Migration[];
  clock?: Clock;
  chance?: Chance;
  /** How a commit is told. Default the file `wake` beside the database, for every process of the machine. */
  wake?: Wake;
  /**
   * For a process that ends as soon as this is closed: how many pages of the write-ahead log it may leave behind. More are
   * copied into the database, and the log begins anew. Whoever opens a sheet that nobody else has open reads all of them
   * first. Default: what SQLite does, which copies all of it whenever the last one closes the sheet, and waits for the disk.
   */
  logPages?: number;
}

/**
 * Opens a sheet, makes it when it is not there, and brings it to the newest schema.
 * @throws {CallsheetError} `SHEET_NEWER`, `STORE_BUSY`, `STORE_READONLY`, `STORE_FULL`, `STORE_CORRUPT`, `STORE_UNREACHABLE`,
 * `SHEET_FOLDER`.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { file, clock = systemClock, chance = systemChance } = options;
  try {
    makeFolders(dirname(file), 0o700);
    if (options.wake === undefined) requireWake(dirname(file));
    const database = openDatabase(file);
    // WAL lets readers go on while one process writes; NORMAL can lose the last commits in a power cut, never
    // the database: landing is reconciled from git for that reason.
    await untilNotBusy(() => database.exec('pragma busy_timeout = 0; pragma journal_mode = wal'), chance);
    database.exec('pragma synchronous = normal; pragma foreign_keys = on');
    await migrate(database, options.migrations, file, chance);
    return new SqliteStore(database, file, clock, chance, options);
  } catch (error) {
    throw explained(error, file);
  }
}

const SHORTLY_MS = 250;
const NEXT_NUMBER =
  'insert into counter (name, value) values (?, 1) on conflict (name) do update set value = value + 1 returning value';

class SqliteStore implements Store {
  private readonly statements = new Map<string, Prepared>();
  private readonly wake: Wake;
  /** The last piece of work queued: work on one connection runs one after another. */
  private tail: Promise<unknown> = Promise.resolve();
  private patience: Patience = shortPatience;
  private hasWritten = false;

  constructor(
    private readonly database: Database,
    private readonly file: string,
    readonly clock: Clock,
    readonly chance: Chance,
    private readonly options: Pick<SqliteOptions, 'wake' | 'logPages'>,
  ) {
    this.wake = options.wake ?? openWake(dirname(file), () => this.dataVersion());
  }

  all(statement: Statement): Promise<Row[]> {
    return this.inTurn(() =>
      untilNotBusy(() => this.prepared(statement.sql).all(bound(statement)), this.chance, this.patience),
    );
  }

  get(statement: Statement): Promise<Row | undefined> {
    return this.inTurn(() =>
      untilNotBusy(() => this.prepared(statement.sql).get(bound(statement)), this.chance, this.patience),
    );
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.inTurn(() => this.write(work));
  }

  flush(): Promise<void> {
    // A checkpoint syncs the write-ahead log before it copies anything; a passive one waits for nobody.
    const checkpoint = (): void => this.database.exec('pragma wal_checkpoint(passive)');
    return this.inTurn(() => untilNotBusy(checkpoint, this.chance, this.patience));
  }

  waitLonger(signal: AbortSignal, tell: (line: string) => void): () => void {
    let saidAtMs = Infinity;
    let hasGivenUp = false;
    this.patience = (waitedMs) => {
      if (signal.aborted) {
        // Whoever ends has several things to write down: what keeps the first waiting will not let the others through.
        const goesOn = hasGivenUp ? waitedMs <= SHORTLY_MS : shortPatience(waitedMs);
        hasGivenUp ||= !goesOn;
        return goesOn;
      }
      // Said once for each time that it is held up.
      if (shortPatience(waitedMs)) saidAtMs = Infinity;
      else if (waitedMs < saidAtMs) {
        saidAtMs = waitedMs;
        const { who, way } = lockedBy(this.file);
        const seconds = Math.round(BUSY_LIMIT_MS / 1_000);
        tell(
          `The sheet has been locked by ${who} for ${seconds} s. Nothing is lost; it is waited for. ${way}`,
        );
      }
      return true;
    };
    return () => {
      this.patience = shortPatience;
    };
  }

  watch(onCommit: () => void): () => void {
    return this.wake.watch(onCommit);
  }

  async close(): Promise<void> {
    await this.tail.catch(() => undefined);
    this.wake.close();
    const { logPages } = this.options;
    if (logPages === undefined) {
      this.statements.clear();
      this.database.close();
    } else if (this.hasWritten) this.shortenLog(logPages);
  }

  /**
   * SQLite copies a long log at a commit, and leaves it to a later write to begin it anew, as long as somebody has the sheet
   * open. Where one process after another opens it for one write there is none, and every commit would copy all of it again.
   */
  private shortenLog(pages: number): void {
    try {
      const { log } = this.prepared('pragma wal_checkpoint(noop)').get([]) ?? {};
      if (Number(log) > pages) this.database.exec('pragma wal_checkpoint(truncate)');
    } catch (error) {
      // What is in the log stands there as well, and whoever closes the sheet next tries again.
      if (!isOfSqlite(error)) throw error;
    }
  }

  private async write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    // Prepared like every other statement: parsing the two words anew takes as long as running them.
    const begin = this.prepared('begin immediate');
    await untilNotBusy(() => begin.exec(), this.chance, this.patience);
    let changed = 0;
    let isOpen = true;
    const inside = (text: string): Prepared => {
      // What was refused for taking too long must not go on outside of any transaction.
      assert(isOpen, 'a transaction that has ended writes nothing');
      return this.prepared(text);
    };
    const tx: Transaction = {
      now: this.clock.now(),
      chance: this.chance,
      all: async (statement) => inside(statement.sql).all(bound(statement)),
      get: async (statement) => inside(statement.sql).get(bound(statement)),
      run: async (statement) => {
        const changes = inside(statement.sql).run(bound(statement));
        changed += changes;
        return { changes };
      },
      nextId: async (prefix) => `${prefix}-${Number(inside(NEXT_NUMBER).get([prefix])?.['value'])}`,
    };
    try {
      const result = await withinOneTurn(() => work(tx));
      this.prepared('commit').exec();
      if (changed > 0) {
        this.hasWritten = true;
        this.wake.ring();
      }
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    } finally {
      isOpen = false;
    }
  }

  // A full disk or an I/O error has already ended the transaction; rolling back again would hide the cause.
  private rollback(): void {
    try {
      this.database.exec('rollback');
    } catch (error) {
      assert(
        /no transaction is active/.test(String(error)),
        `the transaction could be rolled back (${String(error)})`,
      );
    }
  }

  private prepared(text: string): Prepared {
    const known = this.statements.get(text);
    if (known !== undefined) return known;
    const statement = new Prepared(this.database.prepare(text));
    this.statements.set(text, statement);
    return statement;
  }

  private dataVersion(): number {
    return Number(this.prepared('pragma data_version').get([])?.['data_version']);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work).catch((error: unknown) => {
      throw explained(error, this.file);
    });
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}

function bound(statement: Statement): unknown[] {
  return statement.values.map((value) => {
    if (typeof value === 'boolean') return value ? 1 : 0;
    return value === undefined ? null : value;
  });
}
