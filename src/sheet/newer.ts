import { schemaVersion, type Store } from '../store/index.js';
import { MIGRATIONS } from './migrations.js';

const NEWEST = Math.max(...MIGRATIONS.map(({ version }) => version));

/** Whether a newer callsheet has changed the schema since this process opened the sheet. */
export async function isNewerNow(store: Store): Promise<boolean> {
  return (await schemaVersion(store)) > NEWEST;
}
