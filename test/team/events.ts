import { sql, type Reader } from '../../src/store/index.js';

/** What the events of a type say, oldest first. */
export async function eventsOf(reader: Reader, type: string): Promise<Record<string, unknown>[]> {
  const rows = await reader.all(sql`select data from event where type = ${type} order by seq`);
  return rows.map((row) => JSON.parse(String(row['data'])) as Record<string, unknown>);
}
