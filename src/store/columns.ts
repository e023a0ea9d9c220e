import { assert } from '../error/index.js';
import type { Row } from './store.js';

// A row that the code does not understand is refused, never turned into something that looks right.

function fail(row: Row, name: string, wanted: string): never {
  throw new Error(`Column ${name} holds ${JSON.stringify(row[name])}, which is not ${wanted}.`);
}

export function textOf(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : fail(row, name, 'text');
}

export function optionalText(row: Row, name: string): string | undefined {
  return row[name] === null ? undefined : textOf(row, name);
}

export function numberOf(row: Row, name: string): number {
  const value = row[name];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : fail(row, name, 'a number');
}

export function optionalNumber(row: Row, name: string): number | undefined {
  return row[name] === null ? undefined : numberOf(row, name);
}

/** SQLite keeps booleans as 0 and 1. */
export function booleanOf(row: Row, name: string): boolean {
  return numberOf(row, name) !== 0;
}

export function oneOf<const T extends string>(row: Row, name: string, allowed: readonly T[]): T {
  const value = textOf(row, name);
  const found = allowed.find((each) => each === value);
  return found ?? fail(row, name, `one of ${allowed.join(', ')}`);
}

export function jsonOf(row: Row, name: string): unknown {
  return JSON.parse(textOf(row, name)) as unknown;
}

export function optionalJson(row: Row, name: string): unknown {
  return row[name] === null ? undefined : jsonOf(row, name);
}

export function textListOf(row: Row, name: string): string[] {
  const value = jsonOf(row, name);
  assert(Array.isArray(value), `column ${name} holds a list`);
  return value.map(String);
}

type Defined<T extends object> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out what is undefined, so that records have no keys without a value. */
export function defined<T extends object>(value: T): Defined<T> {
  // A plain loop: of the row of a task, lists of entries would cost more than reading it from the database.
  const kept: Record<string, unknown> = {};
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key];
  return kept as Defined<T>;
}
