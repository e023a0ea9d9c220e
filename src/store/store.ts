import type { Chance, Clock } from './clock.js';
import type { Statement } from './template.js';

export type Row = Record<string, unknown>;

/** Reads of the sheet. A statement is a `sql` template value, or one of a `template`: values are parameters, never pasted into text. */
export interface Reader {
  all(statement: Statement): Promise<Row[]>;
  get(statement: Statement): Promise<Row | undefined>;
}

/** One write of the sheet, all or nothing. It awaits nothing but its own statements. */
export interface Transaction extends Reader {
  run(statement: Statement): Promise<{ changes: number }>;
  /** The time of the transaction, in Unix milliseconds: one value for all that it writes. */
  readonly now: number;
  readonly chance: Chance;
  /** The next short id of a kind: `task-12`. Numbers are not used again, except after a roll-back. */
  nextId(prefix: string): Promise<string>;
}

/**
 * The sheet's database. Every call is async, on SQLite too, so that nothing above knows which database it is.
 * Per connection one transaction runs at a time.
 */
export interface Store extends Reader {
  readonly clock: Clock;
  readonly chance: Chance;
  /**
   * The only way to write. Retried while another process holds the write lock.
   * @throws {CallsheetError} `STORE_BUSY` when the sheet stayed locked for 5,000 ms, `STORE_FULL`, `STORE_READONLY`.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Brings what has been committed onto the disk: a power cut takes it no more. Between such moments the last commits
   * are at the mercy of the operating system, which is what makes the others cheap.
   */
  flush(): Promise<void>;
  /**
   * For an engine, which must not end its workers because somebody else is stuck: from now on whatever finds the sheet
   * locked waits for as long as it takes, or until `signal`; then 5,000 ms again.
   * @param tell Hears who holds it, in words, when the first 5,000 ms are over.
   * @returns Takes it back.
   */
  waitLonger(signal: AbortSignal, tell: (line: string) => void): () => void;
  /** Calls back after each commit of any process (several commits may be told once). Returns the way to stop. */
  watch(onCommit: () => void): () => void;
  close(): Promise<void>;
}

/** One numbered step of the schema. Steps are never edited once released. */
export interface Migration {
  version: number;
  sqlite: string;
}
