/** What the store itself needs: the counters behind short ids. */
export const storeSchema = `
create table counter (
  name  text primary key,
  value integer not null
) strict, without rowid;
`;

/**
 * The condition that a column holds one of some words. SQLite makes a table in memory for an `in` of three or more, each
 * time that a row is checked: this takes a tenth of that.
 */
export function among(column: string, ...words: string[]): string {
  return `(${words.map((word) => `${column} = '${word}'`).join(' or ')})`;
}
