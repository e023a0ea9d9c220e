import { AsyncLocalStorage } from 'node:async_hooks';
import { dirname } from 'node:path';
import type { Sql } from 'sql-template-tag';
import { assert } from '../../error/index.js';
import { makeFolders } from '../../file/index.js';
import { systemChance, systemClock, type Chance, type Clock } from '../clock.js';
import type { Migration, Row, Store, Transaction } from '../store.js';
import { beginImmediate, untilNotBusy } from './begin.js';
import { openDatabase, type Database, type Statement } from './database.js';
import { explained } from './errors.js';
import { migrate } from './migrate.js';
import { openWake } from './wake.js';

export interface SqliteOptions {
  file: string;
  migrations: Migration[];
  clock?: Clock;
  chance?: Chance;
}

/**
 * Opens a sheet, makes it when it is not there, and brings it to the newest schema.
 * @throws {CallsheetError} `SHEET_NEWER`, `STORE_BUSY`, `STORE_READONLY`, `STORE_FULL`, `STORE_CORRUPT`, `STORE_UNREACHABLE`.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { file, clock = systemClock, chance = systemChance } = options;
  try {
    makeFolders(dirname(file), 0o700);
    const database = openDatabase(file);
    // WAL lets readers go on while one process writes; NORMAL can lose the last commits in a power cut, never
    // the database: landing is reconciled from git for that reason.
    await untilNotBusy(() => database.exec('pragma busy_timeout = 0; pragma journal_mode = wal'), chance);
    database.exec('pragma synchronous = normal; pragma foreign_keys = on');
    await migrate(database, options.migrations, file, chance);
    return new SqliteStore(database, file, clock, chance);
  } catch (error) {
    throw explained(error, file);
  }
}

class SqliteStore implements Store {
  private readonly statements = new Map<string, Statement>();
  private readonly wake;
  /** The last piece of work queued: work on one connection runs one after another. */
  private tail: Promise<unknown> = Promise.resolve();
  private readonly inside = new AsyncLocalStorage<true>();

  constructor(
    private readonly database: Database,
    private readonly file: string,
    readonly clock: Clock,
    readonly chance: Chance,
  ) {
    this.wake = openWake(dirname(file), () => this.dataVersion());
  }

  all(statement: Sql): Promise<Row[]> {
    return this.inTurn(() =>
      untilNotBusy(() => this.prepared(statement.sql).all(...bound(statement)), this.chance),
    );
  }

  get(statement: Sql): Promise<Row | undefined> {
    return this.inTurn(() =>
      untilNotBusy(() => this.prepared(statement.sql).get(...bound(statement)), this.chance),
    );
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.inTurn(() => this.inside.run(true, () => this.write(work)));
  }

  watch(onCommit: () => void): () => void {
    return this.wake.watch(onCommit);
  }

  async close(): Promise<void> {
    await this.tail.catch(() => undefined);
    this.wake.close();
    this.statements.clear();
    this.database.close();
  }

  private async write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    await beginImmediate(this.database, this.chance);
    let changed = 0;
    const tx: Transaction = {
      now: this.clock.now(),
      chance: this.chance,
      all: async (statement) => this.prepared(statement.sql).all(...bound(statement)),
      get: async (statement) => this.prepared(statement.sql).get(...bound(statement)),
      run: async (statement) => {
        const changes = Number(this.prepared(statement.sql).run(...bound(statement)).changes);
        changed += changes;
        return { changes };
      },
      nextId: async (prefix) => `${prefix}-${this.nextNumber(prefix)}`,
    };
    try {
      const result = await work(tx);
      this.database.exec('commit');
      if (changed > 0) this.wake.ring();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
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

  private nextNumber(prefix: string): number {
    const row = this.prepared(
      'insert into counter (name, value) values (?, 1) on conflict (name) do update set value = value + 1 returning value',
    ).get(prefix);
    return Number(row?.['value']);
  }

  private prepared(text: string): Statement {
    const known = this.statements.get(text);
    if (known !== undefined) return known;
    const statement = this.database.prepare(text);
    this.statements.set(text, statement);
    return statement;
  }

  private dataVersion(): number {
    return Number(this.prepared('pragma data_version').get()?.['data_version']);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    assert(this.inside.getStore() === undefined, 'a transaction awaits nothing but its own statements');
    const turn = this.tail.then(work).catch((error: unknown) => {
      throw explained(error, this.file);
    });
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}

function bound(statement: Sql): unknown[] {
  return statement.values.map((value) => {
    if (typeof value === 'boolean') return value ? 1 : 0;
    return value === undefined ? null : value;
  });
}
