#!/usr/bin/env node
// Answers one question to a sheet: reads it as JSON on standard input, prints the answer as JSON. Its caller ends it
// when it takes too long.
import { readFileSync } from 'node:fs';
import { messageOf } from '../../error/index.js';
import type { Row } from '../store.js';
import { openDatabase } from './database.js';
import type { Question, Said } from './read-only.js';

// SQLite has no words for it at the heap's limit, and the driver gives no code with an error of a step.
const WITHOUT_MEMORY = 'Unknown failure';
const LARGEST_VALUE = 16 * 1024 * 1024;
const MOST_MEMORY_BYTES = 256 * 1024 * 1024;

process.stdout.write(JSON.stringify(answerTo(JSON.parse(readFileSync(0, 'utf8')) as Question)));

function answerTo({ file, text, mostRows }: Question): Said {
  const database = openDatabase(file, { readOnly: true });
  try {
    database.exec(
      `pragma query_only = on; pragma trusted_schema = off; pragma hard_heap_limit = ${MOST_MEMORY_BYTES}`,
    );
    const rows: Row[] = [];
    const statement = database.prepare(text);
    statement.setReadBigInts(true);
    for (const row of statement.iterate()) {
      if (rows.length === mostRows) return { rows, isCut: true };
      rows.push(plainRow(row));
    }
    return { rows };
  } catch (error) {
    return {
      refused:
        messageOf(error) === WITHOUT_MEMORY
          ? `it needs more than ${MOST_MEMORY_BYTES} bytes of memory`
          : messageOf(error),
    };
  } finally {
    database.close();
  }
}

/** JSON has no bytes and no integers past 2^53. */
function plainRow(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  const size = value instanceof Uint8Array ? value.byteLength : typeof value === 'string' ? value.length : 0;
  if (size > LARGEST_VALUE) throw new Error(`a value has a length of ${size}, more than ${LARGEST_VALUE}`);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
