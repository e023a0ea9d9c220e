import { findRuns } from '../../run/index.js';
import { numberOf, sql, textOf } from '../../store/index.js';
import { MIGRATIONS } from '../../sheet/index.js';
import type { Context } from '../operation.js';
import { hasEngine } from '../status/index.js';
import type { Finding } from './finding.js';

export async function checkSheet({ sheet }: Context): Promise<Finding[]> {
  const { store, file } = sheet;
  const version = numberOf((await store.get(sql`pragma user_version`)) ?? {}, 'user_version');
  const newest = Math.max(...MIGRATIONS.map((step) => step.version));
  const rows = await store.all(sql`pragma quick_check(10)`);
  const said = rows.map((row) => textOf(row, 'quick_check'));
  const isSound = said.length === 1 && said[0] === 'ok';
  return [
    { level: 'ok', what: 'sheet', found: `${file}, schema ${version} of ${newest}` },
    isSound
      ? { level: 'ok', what: 'integrity', found: 'the database is sound' }
      : {
          level: 'bad',
          what: 'integrity',
          found: said.join('; '),
          todo: `stop everything that uses it, copy ${file}, then: sqlite3 ${file} ".recover" | sqlite3 new.db`,
        },
  ];
}

export async function checkEngines({ sheet }: Context): Promise<Finding[]> {
  const running = (await findRuns(sheet.store)).filter(({ state }) => state === 'running');
  return running.map((run) =>
    hasEngine(run)
      ? { level: 'ok', what: 'engine', found: `${run.id} is worked on by process ${run.enginePid ?? ''}` }
      : {
          level: 'warn',
          what: 'engine',
          found: `${run.id} has lost its engine`,
          todo: `callsheet resume ${run.id}`,
        },
  );
}
