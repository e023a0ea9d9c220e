import { usageError, messageOf } from '../../error/index.js';
import type { Row } from '../store.js';
import { openDatabase } from './database.js';

/**
 * Runs one SELECT of a person on the sheet, opened read-only: the database itself refuses writes.
 * @throws {CallsheetError} `SQL_INVALID` with what SQLite says of the statement.
 */
export function queryReadOnly(file: string, text: string, maxRows: number): Row[] {
  const database = openDatabase(file, { readOnly: true });
  try {
    database.exec('pragma query_only = on; pragma trusted_schema = off');
    const statement = database.prepare(text);
    return statement.all().slice(0, maxRows);
  } catch (error) {
    throw usageError(
      'SQL_INVALID',
      `SQLite refused the statement: ${messageOf(error)}. Nothing was changed.`,
      'Write one SELECT; `callsheet sql ".tables"` lists tables and views.',
    );
  } finally {
    database.close();
  }
}
