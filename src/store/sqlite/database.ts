import { createRequire } from 'node:module';
import { prebuiltSqlite } from './prebuilt.js';

/** The part of `node:sqlite` that the store uses; both implementations have it. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  all(...values: unknown[]): Record<string, unknown>[];
  iterate(...values: unknown[]): IterableIterator<Record<string, unknown>>;
  get(...values: unknown[]): Record<string, unknown> | undefined;
  /** Whether integers come as `bigint`: those past 2^53 are an error otherwise. */
  setReadBigInts(on: boolean): void;
  /** Whether rows come as lists of values. */
  setReturnArrays(on: boolean): void;
  columns(): { name: string }[];
  run(...values: unknown[]): { changes: number | bigint };
}

interface SqliteModule {
  DatabaseSync: new (file: string, options?: { readOnly?: boolean; timeout?: number }) => Database;
}

const load = createRequire(import.meta.url);

// 3.51.3 is the first release without a bug that could corrupt a WAL database on a checkpoint race.
const OLDEST_SQLITE = [3, 51, 3];

/**
 * Opens a database with the SQLite built into Node where that is new enough, else with the prebuilt package.
 * @see https://sqlite.org/wal.html
 */
export function openDatabase(file: string, options: { readOnly?: boolean } = {}): Database {
  const { DatabaseSync } = sqliteModule();
  return new DatabaseSync(file, { readOnly: options.readOnly ?? false, timeout: 0 });
}

let loaded: SqliteModule | undefined;

function sqliteModule(): SqliteModule {
  loaded ??= builtIn() ?? shipped();
  return loaded;
}

/** `require` would first look for what it knows how to find: that takes as long as loading it. */
function shipped(): SqliteModule {
  const file = prebuiltSqlite(import.meta.dirname);
  if (file === undefined) return load('@photostructure/sqlite') as SqliteModule;
  const addon = { exports: {} };
  process.dlopen(addon, file);
  return addon.exports as SqliteModule;
}

function builtIn(): SqliteModule | undefined {
  const version = process.versions['sqlite']?.split('.').map(Number);
  if (version === undefined || !isAtLeast(version, OLDEST_SQLITE)) return undefined;
  return quietly(() => process.getBuiltinModule('node:sqlite') as unknown as SqliteModule | undefined);
}

// Node 22 calls the module experimental on stderr at every start; what we use of it has a stable counterpart in the
// package, so the warning would tell a person nothing.
function quietly<T>(load: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function isAtLeast(version: number[], oldest: number[]): boolean {
  for (const [index, wanted] of oldest.entries()) {
    const part = version[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
