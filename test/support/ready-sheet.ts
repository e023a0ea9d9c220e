import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MIGRATIONS } from '../../src/sheet/migrations.js';
import { openSqliteStore, type Migration } from '../../src/store/index.js';

const ready = new Map<string, Promise<Buffer>>();

/**
 * Writes an empty sheet that has the newest schema already: making its tables takes longer than most tests do.
 * What is opened there finds nothing left to migrate.
 */
export async function putReadySheet(file: string, migrations: Migration[] = MIGRATIONS): Promise<void> {
  const schema = migrations.map(({ version, sqlite }) => `${version}\n${sqlite}`).join('\n');
  let content = ready.get(schema);
  if (content === undefined) {
    content = migrated(migrations);
    ready.set(schema, content);
  }
  const bytes = await content;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, bytes);
}

async function migrated(migrations: Migration[]): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-ready-sheet-'));
  try {
    const file = join(folder, 'sheet.db');
    const store = await openSqliteStore({ file, migrations });
    // Closing leaves the tables in the log beside the database.
    await store.flush();
    await store.close();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
