import { expect, test } from 'vitest';
import { givenSheet } from '../support/given-sheet.js';
import { randomFrom, seeds } from '../support/seeds.js';
import { createTasks } from '../../src/task/index.js';
import { givenMcp, type McpClient } from './given-mcp.js';

const isFull = process.env['TEST_SEEDS'] !== undefined;
const SIZES: readonly [processes: number, tasks: number][] = isFull
  ? [
      [2, 200],
      [8, 200],
    ]
  : [[3, 24]];

describeSizes();

function describeSizes(): void {
  for (const [processes, tasks] of SIZES)
    test.each(seeds(1))(
      `${processes} servers never claim one of ${tasks} tasks twice, and leave none (seed %i)`,
      { timeout: 300_000 },
      (seed) => play(seed, processes, tasks),
    );
}

async function play(seed: number, processes: number, count: number): Promise<void> {
  const random = randomFrom(seed);
  const { root, sheet, call } = await givenSheet();
  const ids = Array.from({ length: count }, (_, at) => `t${at}`);
  await sheet.store.transaction((tx) =>
    createTasks(
      tx,
      ids.map((id, at) => ({
        ...{ id, title: id, spec: id },
        // Some wait for one before them.
        after: at > 0 && random() < 0.3 ? [`t${Math.floor(random() * at)}`] : [],
      })),
    ),
  );
  const clients = await Promise.all(Array.from({ length: processes }, () => givenMcp(root)));
  const claimed: string[] = [];
  const isDone = (): boolean => claimed.length >= count;
  await Promise.all(clients.map((client) => work(client, claimed, isDone)));
  expect(claimed.toSorted()).toEqual(ids.toSorted());
  const { rows } = await call<{ rows: object[] }>('sql', {
    query: 'select count(*) as attempts, max(attempt) as last from attempts',
  });
  expect(rows).toEqual([{ attempts: count, last: 1 }]);
}

/** Takes tasks, some at a time side by side, until all are taken. */
async function work({ use }: McpClient, claimed: string[], isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    const { data } = await use('claim_task');
    const id = data['id'];
    if (typeof id !== 'string') continue;
    claimed.push(id);
    expect(await use('complete_task', { result: { summary: id } })).toMatchObject({ isError: false });
  }
}
