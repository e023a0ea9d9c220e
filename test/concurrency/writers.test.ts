import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fairnessOf } from '../../bench/claim/race.js';
import { MIGRATIONS } from '../../src/sheet/index.js';
import { numberOf, openSqliteStore, sql, type Store } from '../../src/store/index.js';
import { createTasks, findTasks } from '../../src/task/index.js';
import { bundleProgram } from '../support/bundle-program.js';
import { seeds } from '../support/seeds.js';
import type { Account, Order } from './writer.js';

const WRITERS = 12;
/** `npm run test:concurrency` gives ten minutes, the checks of every change half a minute. */
const SECONDS = Number(process.env['CALLSHEET_CONCURRENCY_SECONDS'] ?? '6');
/** Jain's index over what each process wrote. A short time says less, and a few writes say nothing. */
const LEAST_FAIRNESS = SECONDS < 30 ? 0.85 : 0.95;
const ENOUGH_WRITES = WRITERS * 200;

const WRITER = `
  import { write } from './test/concurrency/writer.ts';
  void write(JSON.parse(process.argv[2]));
`;

test(
  `${WRITERS} processes write for ${SECONDS} s: none is refused, none is left behind, no task is handed out twice`,
  { timeout: SECONDS * 1000 + 120_000 },
  async () => {
    for (const seed of seeds(1)) {
      const { store, accounts } = await written(seed);
      await proved(store, accounts, `seed ${seed}`);
      await store.close();
    }
  },
);

/** Lets the processes begin together, and waits for what each has done. */
async function written(seed: number) {
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-concurrency-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'sheet.db');
  const store = await openSqliteStore({ file, migrations: MIGRATIONS });
  await store.transaction(async (tx) => {
    for (let n = 0; n < 100; n += 1)
      await createTasks(tx, [{ id: await tx.nextId('task'), title: 'Begin', spec: 'Begin.' }]);
  });
  const program = await bundleProgram(WRITER, folder);
  const children = Array.from({ length: WRITERS }, (_, writer) => {
    const order: Order = { file, writer, seed, ms: SECONDS * 1000 };
    return fork(program, [JSON.stringify(order)]);
  });
  onTestFinished(() => children.forEach((child) => child.kill('SIGKILL')));
  await Promise.all(children.map((child) => told(child)));
  const accounts = Promise.all(children.map((child) => told<Account>(child)));
  for (const child of children) child.send('go');
  return { store, accounts: await accounts };
}

async function told<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'disconnect').then(() => {
    throw new Error('a writer ended before it had answered');
  });
  const said = once(child, 'message').then(([message]) => message as T);
  ended.catch(() => undefined);
  return Promise.race([said, ended]);
}

async function proved(store: Store, accounts: readonly Account[], which: string): Promise<void> {
  expect(
    accounts.flatMap((each) => each.errors),
    which,
  ).toEqual([]);
  const claims = accounts.flatMap((each) => each.claims);
  expect(new Set(claims).size, which).toBe(claims.length);
  expect(await countOf(store, sql`select count(*) as n from event where type = 'task.claimed'`), which).toBe(
    claims.length,
  );
  const finished = new Set(accounts.flatMap((each) => each.finished));
  const done = (await findTasks(store, { states: ['done'] })).map(({ id }) => id);
  expect(new Set(done), which).toEqual(finished);

  const log = await store.get(sql`select count(*) as n, max(seq) as last, min(seq) as first from event`);
  expect(log, which).toMatchObject({ first: 1, last: log?.['n'] });
  expect(await store.all(sql`pragma integrity_check`), which).toEqual([{ integrity_check: 'ok' }]);
  expect(await store.all(sql`pragma foreign_key_check`), which).toEqual([]);

  const writes = accounts.map((each) => each.writes);
  const told = `${which}; writes of each process: ${writes.join(', ')}; slowest ${Math.max(...accounts.map((each) => each.worstMs)).toFixed(0)} ms`;
  expect(Math.min(...writes), told).toBeGreaterThan(0);
  const isEnough = SECONDS >= 30 || writes.reduce((sum, each) => sum + each, 0) >= ENOUGH_WRITES;
  if (isEnough) expect(fairnessOf(writes), told).toBeGreaterThanOrEqual(LEAST_FAIRNESS);
  if (SECONDS >= 30) console.log(`fairness ${fairnessOf(writes).toFixed(3)}, ${told}`);
}

async function countOf(store: Store, statement: ReturnType<typeof sql>): Promise<number> {
  return numberOf((await store.get(statement)) ?? {}, 'n');
}
