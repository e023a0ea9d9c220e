import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openSqliteStore,
  storeSchema,
  systemChance,
  systemClock,
  type Chance,
  type Clock,
  type Store,
} from '../../src/store/index.js';
import { putReadySheet } from './ready-sheet.js';

/** Its time moves only by {@link advance}; what waits for it waits for real. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(start = 1_800_000_000_000): TestClock {
  let now = start;
  return {
    now: () => now,
    after: (ms, work) => systemClock.after(ms, work),
    advance(ms) {
      now += ms;
    },
  };
}

/** A real sheet in a temporary folder with the schemas of the records under test. */
export async function givenStore(
  schemas: string[],
  clock: TestClock = testClock(),
  chance: Chance = systemChance,
) {
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-store-'));
  const file = join(folder, 'sheet.db');
  const migrations = [{ version: 1, sqlite: [storeSchema, ...schemas].join('\n') }];
  await putReadySheet(file, migrations);
  const store: Store = await openSqliteStore({ file, migrations, clock, chance });
  return {
    store,
    clock,
    file,
    async [Symbol.asyncDispose]() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
