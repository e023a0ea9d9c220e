import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MIGRATIONS } from '../../src/sheet/index.js';
import { openSqliteStore, sql, type Store } from '../../src/store/index.js';

/** Twenty tasks make a block: three hubs, three dependents of each, and eight plain tasks. */
const BLOCK = 20;
const HUBS = 3;
const DEPENDENTS = 3;
const FIRST_PLAIN = HUBS + HUBS * DEPENDENTS;

export function openSheetAt(file: string): Promise<Store> {
  return openSqliteStore({ file, migrations: MIGRATIONS });
}

/**
 * Makes a sheet with so many tasks, in its real schema but in bulk. Hubs and what waits for them are least urgent, so
 * that whoever claims the next task gets plain ones, from the beginning of the sheet.
 */
export async function fillSheet(file: string, tasks: number): Promise<Store> {
  await rm(dirname(file), { recursive: true, force: true });
  const store = await openSheetAt(file);
  await store.transaction(async (tx) => {
    await tx.run(sql`
      with recursive number (n) as (
        select 0 where ${tasks} > 0 union all select n + 1 from number where n < ${tasks - 1})
      insert into task (id, title, spec, kind, state, priority, open_dependencies, created_ms)
      select 'task-' || n, 'Task ' || n, 'Change what number ' || n || ' says, and test it.', 'implement',
             case when n % ${BLOCK} between ${HUBS} and ${FIRST_PLAIN - 1} then 'waiting' else 'ready' end,
             case when n % ${BLOCK} < ${FIRST_PLAIN} then 10 else 1 + n * 9 / ${tasks} end,
             case when n % ${BLOCK} between ${HUBS} and ${FIRST_PLAIN - 1} then 1 else 0 end,
             ${tx.now}
        from number`);
    await tx.run(sql`
      insert into task_dependency (task_id, needs_id)
      select id, 'task-' || (seq - 1 - (seq - 1) % ${BLOCK} + ((seq - 1) % ${BLOCK} - ${HUBS}) / ${DEPENDENTS})
        from task where state = 'waiting' and open_dependencies = 1`);
  });
  return store;
}

/** The n-th task that others wait for. */
export function hub(n: number): string {
  return `task-${Math.floor(n / HUBS) * BLOCK + (n % HUBS)}`;
}

/** The n-th task that is ready and has no dependents. */
export function plain(n: number): string {
  const perBlock = BLOCK - FIRST_PLAIN;
  return `task-${Math.floor(n / perBlock) * BLOCK + FIRST_PLAIN + (n % perBlock)}`;
}

/** How many plain tasks a sheet of so many tasks has. */
export function plainTasks(tasks: number): number {
  return Math.floor(tasks / BLOCK) * (BLOCK - FIRST_PLAIN);
}
