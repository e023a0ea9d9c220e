import { join } from 'node:path';
import type { Store } from '../../src/store/index.js';
import { median, quantile, rounded } from '../support/statistics.js';
import { CALLS, openCalls, type Call, type CallName } from './calls.js';
import { fillSheet, plainTasks } from './fill.js';
import { fillBareQueue, openBareQueue } from './floor.js';

/** How long one call takes on a sheet of one size, in microseconds. */
export interface CallTime {
  call: CallName | typeof FLOOR;
  tasks: number;
  medianUs: number;
  p99Us: number;
}

/** The least a claim can be: four statements over a table and a log. */
export const FLOOR = 'bare claim (four statements)';

/** The first calls are not counted: V8 has not compiled them yet. */
const WARM_UP = 30;

/** Times every call on sheets of each size, in turn, so that what slows the machine down slows all sizes. */
export async function timeCalls(
  folder: string,
  sizes: readonly number[],
  rounds: number,
  signal: AbortSignal,
): Promise<CallTime[]> {
  const sheets = [];
  for (const tasks of sizes) {
    const store = await fillSheet(join(folder, `tasks-${tasks}`, 'sheet.db'), tasks);
    sheets.push({ tasks, store, calls: await callsOn(folder, store, tasks) });
  }
  try {
    const times: CallTime[] = [];
    for (const call of [...CALLS, FLOOR] as const) {
      const taken = sheets.map((): number[] => []);
      for (let n = 0; n < rounds + WARM_UP && !signal.aborted; n += 1) {
        for (const [index, { calls }] of sheets.entries()) taken[index]?.push(await calls[call](n));
      }
      for (const [index, { tasks }] of sheets.entries()) times.push(timeOf(call, tasks, taken[index] ?? []));
    }
    return times;
  } finally {
    for (const { store, calls } of sheets) {
      await store.close();
      calls.close();
    }
  }
}

async function callsOn(folder: string, store: Store, tasks: number) {
  const bareFile = join(folder, `bare-${tasks}.db`);
  fillBareQueue(bareFile, tasks);
  const bare = openBareQueue(bareFile);
  const bareClaim: Call = async () => {
    const started = performance.now();
    const id = await bare.claim('agent-1');
    const us = (performance.now() - started) * 1000;
    if (id === undefined) throw new Error('The bare queue is empty.');
    return us;
  };
  return { ...(await openCalls(store, plainTasks(tasks))), [FLOOR]: bareClaim, close: () => bare.close() };
}

function timeOf(call: CallTime['call'], tasks: number, taken: readonly number[]): CallTime {
  const counted = taken.slice(WARM_UP);
  return { call, tasks, medianUs: rounded(median(counted)), p99Us: rounded(quantile(counted, 0.99)) };
}

export function medianOf(times: readonly CallTime[], call: CallTime['call'], tasks: number): number {
  return times.find((each) => each.call === call && each.tasks === tasks)?.medianUs ?? 0;
}
