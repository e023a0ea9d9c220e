import { default as sql, type Sql } from 'sql-template-tag';

/**
 * `limit count`. In a subquery, since SQLite plans a statement anew each time the number of a plain `limit ?` is bound:
 * it lets that number choose the way. That takes ten times as long as finding nothing.
 */
export const limitedTo = (count: number): Sql => sql`limit (select ${count})`;
