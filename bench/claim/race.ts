import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { numberOf, sql } from '../../src/store/index.js';
import { rounded } from '../support/statistics.js';
import { openSheetAt } from './fill.js';
import type { RaceLap, RaceOrder } from './racer.js';

export interface Race {
  processes: number;
  /** All that it claimed, also before its time. */
  claims: number;
  perSecond: number;
  /** Tasks that more than one process says it was given, or one process twice. */
  doubleClaims: number;
  /** Claims that the sheet does not know, or knows besides; only of callsheet's own. */
  unaccounted: number;
  /** The longest that one claim took in any process, in milliseconds. */
  worstMs: number;
  /** Time of a processor for one claim, of all processes together, in microseconds. */
  cpuUs: number;
  /** How evenly the processes were served, from 1/processes to 1. */
  fairness: number;
}

/** Lets processes claim from one sheet at the same time, as fast as they can. They begin together. */
export async function runRace(program: string, order: RaceOrder, processes: number): Promise<Race> {
  const children = Array.from({ length: processes }, () => startRacer(program, order));
  try {
    await Promise.all(children.map((child) => answerOf(child)));
    const laps = Promise.all(children.map((child) => answerOf<RaceLap>(child)));
    for (const child of children) child.send('go');
    const ran = await laps;
    await Promise.all(children.map((child) => ended(child)));
    return raceOf(ran, order.what === 'claim' ? await unaccountedIn(order.file, ran) : 0);
  } finally {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  }
}

function startRacer(program: string, order: RaceOrder): ChildProcess {
  return fork(program, ['racer', JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** The next thing that a process says. */
async function answerOf<T>(child: ChildProcess): Promise<T> {
  const stop = new AbortController();
  // Not `exit`: that may come before what was said last.
  const died = once(child, 'disconnect', { signal: stop.signal }).then(() => {
    throw new Error('A process of the benchmark ended before it had answered.');
  });
  const said = once(child, 'message', { signal: stop.signal }).then(([message]) => message as T);
  try {
    return await Promise.race([said, died]);
  } finally {
    stop.abort();
    await Promise.allSettled([said, died]);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Puts the laps together. */
export function raceOf(laps: readonly RaceLap[], unaccounted: number): Race {
  const ids = laps.flatMap((each) => [...each.before, ...each.claimed]);
  const counted = laps.reduce((sum, each) => sum + each.claimed.length, 0);
  const seconds = Math.max(...laps.map((each) => each.ms)) / 1000;
  return {
    processes: laps.length,
    claims: ids.length,
    perSecond: counted === 0 ? 0 : Math.round(counted / seconds),
    doubleClaims: ids.length - new Set(ids).size,
    unaccounted,
    worstMs: rounded(Math.max(...laps.map((each) => each.worstMs))),
    cpuUs: rounded((1000 * laps.reduce((sum, each) => sum + each.cpuMs, 0)) / Math.max(1, counted)),
    fairness: rounded(fairnessOf(laps.map((each) => each.claimed.length))),
  };
}

/** Jain's index. @see https://www.cs.wustl.edu/~jain/papers/ftp/fairness.pdf */
export function fairnessOf(counts: readonly number[]): number {
  const sum = counts.reduce((total, each) => total + each, 0);
  const squares = counts.reduce((total, each) => total + each * each, 0);
  return squares === 0 ? 1 : sum ** 2 / (counts.length * squares);
}

/** Each claim is a running task at its first attempt, with one attempt and one event; and there is no other. */
async function unaccountedIn(file: string, laps: readonly RaceLap[]): Promise<number> {
  const store = await openSheetAt(file);
  try {
    const row = await store.get(sql`
      select (select count(*) from task where state = 'running' and attempt = 1) as tasks,
             (select count(*) from task_attempt) as attempts,
             (select count(distinct task_id) from event where type = 'task.claimed') as events`);
    const claims = laps.reduce((sum, each) => sum + each.before.length + each.claimed.length, 0);
    const columns = ['tasks', 'attempts', 'events'];
    return Math.max(...columns.map((name) => Math.abs(numberOf(row ?? {}, name) - claims)));
  } finally {
    await store.close();
  }
}
