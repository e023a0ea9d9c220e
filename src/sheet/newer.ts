import { numberOf, sql, type Store } from '../store/index.js';
import { MIGRATIONS } from './migrations.js';

const NEWEST = Math.max(...MIGRATIONS.map(({ version }) => version));

/** Whether a newer callsheet has changed the schema since this process opened the sheet. */
export async function isNewerNow(store: Store): Promise<boolean> {
  const row = await store.get(sql`select user_version as version from pragma_user_version`);
  return row !== undefined && numberOf(row, 'version') > NEWEST;
}
