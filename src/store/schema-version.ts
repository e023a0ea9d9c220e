import sql from 'sql-template-tag';
import { numberOf } from './columns.js';
import type { Reader } from './store.js';

/** The newest step of the schema that has been taken, by whatever process. */
export async function schemaVersion(reader: Reader): Promise<number> {
  const row = await reader.get(sql`select user_version as version from pragma_user_version`);
  return row === undefined ? 0 : numberOf(row, 'version');
}
