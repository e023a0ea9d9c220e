import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { numberOf, openSqliteStore, sql, storeSchema, type Store } from '../index.js';
import { bundleProgram } from '../../../test/support/bundle-program.js';
import { openDatabase } from './database.js';

const COUNTED = [
  { version: 1, sqlite: `${storeSchema} create table mark (n integer primary key, who text) strict;` },
];

const WRITER = `
  import { openSqliteStore, sql } from './src/store/index.ts';
  const [file, who, count] = process.argv.slice(2);
  const migrations = [{ version: 1, sqlite: '' }];
  void (async () => {
    const store = await openSqliteStore({ file, migrations });
    for (let n = 0; n < Number(count); n += 1) {
      await store.transaction((tx) => tx.run(sql\`insert into mark (n, who) values ((select coalesce(max(n), 0) + 1 from mark), \${who})\`));
    }
    await store.close();
  })();
`;

let folder: string;
let file: string;
const open: Store[] = [];

async function openStore(migrations = COUNTED): Promise<Store> {
  const store = await openSqliteStore({ file, migrations });
  open.push(store);
  return store;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callsheet-store-'));
  file = join(folder, 'sheet.db');
});

afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await rm(folder, { recursive: true, force: true });
});

const marks = async (store: Store) =>
  (await store.all(sql`select n from mark order by n`)).map((row) => numberOf(row, 'n'));

describe('a transaction', () => {
  it('is written as a whole or not at all', async () => {
    const store = await openStore();
    const failing = store.transaction(async (tx) => {
      await tx.run(sql`insert into mark (n) values (1)`);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await marks(store)).toEqual([]);
    await store.transaction((tx) => tx.run(sql`insert into mark (n) values (2)`));
    expect(await marks(store)).toEqual([2]);
  });

  it('runs one after another on one connection, so nobody sees half of another', async () => {
    const store = await openStore();
    const seen: number[] = [];
    const writer = store.transaction(async (tx) => {
      await tx.run(sql`insert into mark (n) values (1)`);
      await Promise.resolve();
      await tx.run(sql`insert into mark (n) values (2)`);
    });
    const reader = marks(store).then((all) => seen.push(all.length));
    await Promise.all([writer, reader]);
    expect(seen).toEqual([2]);
  });

  it('refuses to wait for the store itself, which would wait for ever', async () => {
    const store = await openStore();
    await expect(store.transaction(() => marks(store))).rejects.toThrow(
      'awaits nothing but its own statements',
    );
    expect(await marks(store)).toEqual([]);
  });

  it('refuses to wait for anything else, and writes nothing of what comes after that', async () => {
    const store = await openStore();
    let goOn: () => void = () => undefined;
    const other = new Promise<void>((resolve) => (goOn = resolve));
    let late: Promise<unknown> = Promise.resolve();
    const waiting = store.transaction(async (tx) => {
      await tx.run(sql`insert into mark (n) values (1)`);
      await other;
      late = tx.run(sql`insert into mark (n) values (2)`);
      await late;
    });
    await expect(waiting).rejects.toThrow('awaits nothing but its own statements');
    goOn();
    await other;
    await expect(late).rejects.toThrow('that has ended writes nothing');
    expect(await marks(store)).toEqual([]);
  });

  it('numbers ids without a gap and per kind', async () => {
    const store = await openStore();
    const ids = await store.transaction(async (tx) => [
      await tx.nextId('task'),
      await tx.nextId('task'),
      await tx.nextId('run'),
    ]);
    expect(ids).toEqual(['task-1', 'task-2', 'run-1']);
    await store
      .transaction(async (tx) => {
        await tx.nextId('task');
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(await store.transaction((tx) => tx.nextId('task'))).toBe('task-3');
  });
});

describe('several processes', () => {
  it(
    'write at once without losing a write and without seeing that the sheet is busy',
    { timeout: 60_000 },
    async () => {
      const store = await openStore();
      const program = await bundleProgram(WRITER, folder);
      const writers = [1, 2, 3, 4].map((who) => fork(program, [file, String(who), '150']));
      const codes = await Promise.all(writers.map(async (child) => (await once(child, 'exit'))[0] as number));
      expect(codes).toEqual([0, 0, 0, 0]);
      expect(await marks(store)).toHaveLength(600);
    },
  );

  it('tells a commit by the wake that it was given, and one that changed nothing not at all', async () => {
    const rung: number[] = [];
    const wake = { ring: () => rung.push(1), watch: () => () => undefined, close: () => undefined };
    const store = await openSqliteStore({ file, migrations: COUNTED, wake });
    open.push(store);
    await store.transaction((tx) => tx.run(sql`insert into mark (n, who) values (1, 'a')`));
    await store.transaction((tx) => tx.run(sql`delete from mark where n = 2`));
    expect(rung).toEqual([1]);
    expect(existsSync(join(folder, 'wake'))).toBe(false);
  });

  it('wake one another at a commit', async () => {
    const one = await openStore();
    const other = await openStore();
    const woken = new Promise<void>((resolve) => {
      const stop = one.watch(() => {
        stop();
        resolve();
      });
    });
    await other.transaction((tx) => tx.run(sql`insert into mark (n) values (1)`));
    await woken;
    expect(await marks(one)).toEqual([1]);
  });

  it('make the schema once when they start together', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore()));
    await Promise.all(
      stores.map((store, n) => store.transaction((tx) => tx.run(sql`insert into mark (n) values (${n})`))),
    );
    expect(await marks(stores[0] as Store)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('wait for a writer that holds the sheet for a moment', async () => {
    const store = await openStore();
    const holder = openDatabase(file);
    holder.exec('begin immediate');
    const waiting = store.transaction((tx) => tx.run(sql`insert into mark (n) values (7)`));
    setImmediate(() => {
      holder.exec('commit');
      holder.close();
    });
    await waiting;
    expect(await marks(store)).toEqual([7]);
  });
});

test('what a writer leaves of the log is as short as was asked for, and nothing is lost', async () => {
  const reader = await openStore();
  const pagesAfter = async (first: number, count: number, logPages?: number): Promise<number> => {
    const options = logPages === undefined ? {} : { logPages };
    const store = await openSqliteStore({ file, migrations: COUNTED, ...options });
    for (let n = first; n < first + count; n += 1)
      await store.transaction((tx) => tx.run(sql`insert into mark (n) values (${n})`));
    await store.close();
    return Math.round((await stat(`${file}-wal`)).size / 4_096);
  };
  expect(await pagesAfter(0, 100)).toBeGreaterThan(100);
  expect(await pagesAfter(100, 1, 1_000)).toBeGreaterThan(100);
  expect(await pagesAfter(101, 0, 20)).toBeGreaterThan(100);
  expect(await pagesAfter(101, 1, 20)).toBe(0);
  expect(await pagesAfter(102, 10, 20)).toBeGreaterThan(5);
  expect(await marks(reader)).toEqual(Array.from({ length: 112 }, (_, n) => n));
});

test('a log that another still reads stays as it is', async () => {
  await openStore();
  const reading = openDatabase(file);
  reading.exec('begin; select * from mark');
  const store = await openSqliteStore({ file, migrations: COUNTED, logPages: 1 });
  await store.transaction((tx) => tx.run(sql`insert into mark (n) values (1)`));
  await store.close();
  expect((await stat(`${file}-wal`)).size).toBeGreaterThan(4_096);
  reading.close();
});

describe('the schema', () => {
  it('of a newer callsheet is refused in plain words and left alone', async () => {
    const newer = await openSqliteStore({
      file,
      migrations: [...COUNTED, { version: 9, sqlite: 'create table later (n integer) strict;' }],
    });
    await newer.close();
    await expect(openStore()).rejects.toMatchObject({
      code: 'SHEET_NEWER',
      message: expect.stringContaining('schema 9') as string,
      data: { found: 9, newest: 1 },
    });
  });

  it('is brought forward step by step, and a failing step changes nothing', async () => {
    await (await openStore()).close();
    open.length = 0;
    const broken = [
      ...COUNTED,
      { version: 2, sqlite: 'create table second (n integer) strict; create table second (n integer);' },
    ];
    await expect(openSqliteStore({ file, migrations: broken })).rejects.toThrow('second');
    const mended = [...COUNTED, { version: 2, sqlite: 'create table second (n integer) strict;' }];
    const store = await openStore(mended);
    expect(await store.all(sql`select * from second`)).toEqual([]);
  });
});

describe('a sheet that cannot be used', () => {
  it('is named as damaged when it is no database', async () => {
    await writeFile(
      file,
      'this is not a database, but it is long enough to be read as a header of one'.repeat(20),
    );
    await expect(openStore()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('is named as unreachable when its place is no folder', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(
      openSqliteStore({ file: join(folder, 'file', 'sheet.db'), migrations: COUNTED }),
    ).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });
});
