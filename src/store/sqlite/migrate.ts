import { CallsheetError } from '../../error/index.js';
import type { Chance } from '../clock.js';
import type { Migration } from '../store.js';
import { beginImmediate } from './begin.js';
import type { Database } from './database.js';

function schemaVersion(database: Database): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0);
}

/**
 * Brings the sheet to the newest schema. Two processes may start at once: the version is read again inside the
 * write transaction, so the second finds the work done.
 */
export async function migrate(
  database: Database,
  migrations: Migration[],
  file: string,
  chance: Chance,
): Promise<void> {
  const newest = Math.max(0, ...migrations.map((step) => step.version));
  const found = schemaVersion(database);
  refuseNewer(found, newest, file);
  if (found === newest) return;
  await beginImmediate(database, chance);
  try {
    for (const step of migrations) {
      if (step.version > schemaVersion(database)) apply(database, step);
    }
    database.exec('commit');
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}

function apply(database: Database, step: Migration): void {
  database.exec(step.sqlite);
  database.exec(`pragma user_version = ${step.version}`);
}

function refuseNewer(found: number, newest: number, file: string): void {
  if (found <= newest) return;
  throw new CallsheetError(
    'SHEET_NEWER',
    `The sheet ${file} has schema ${found}, written by a newer callsheet; this one knows schema ${newest}. Nothing was changed.`,
    { hint: 'Update callsheet to the version your colleagues use.', data: { found, newest } },
  );
}
