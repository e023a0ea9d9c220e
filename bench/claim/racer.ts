import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { registerAgent } from '../../src/agent/index.js';
import { claimNextTask } from '../../src/task/index.js';
import { fillBareQueue, openBareQueue } from './floor.js';
import { fillSheet, openSheetAt } from './fill.js';

/** What one process is told. */
export interface RaceOrder {
  file: string;
  /** Callsheet's own claim, or the statements alone. */
  what: 'claim' | 'bare';
  /** How long it claims, in milliseconds. */
  ms: number;
}

/** What one process did in its time. */
export interface RaceLap {
  claimed: string[];
  ms: number;
  /** The longest that one claim took, in milliseconds. */
  worstMs: number;
  /** Time of a processor, of the program and of the kernel on its behalf, in milliseconds. */
  cpuMs: number;
}

const LEASE_MS = 3_600_000;

/** The part of a process that claims as fast as it can: says `ready`, waits for `go`, answers with its lap. */
export async function race(order: RaceOrder): Promise<void> {
  await warmUp(order);
  const claimer = order.what === 'claim' ? await openClaimer(order.file) : await openBareClaimer(order.file);
  const go = new Promise<void>((resolve) => process.once('message', () => resolve()));
  process.send?.('ready');
  await go;
  await say(await lap(() => claimer.claim(), order.ms));
  await claimer.close();
}

const WARM_UP = 6_000;

/** V8 needs some thousand claims before it has compiled their code: in a race of seconds that would be measured instead. */
async function warmUp({ file, what }: RaceOrder): Promise<void> {
  const folder = await mkdtemp(join(dirname(file), 'warm-'));
  const own = join(folder, 'sheet', 'sheet.db');
  if (what === 'claim') await (await fillSheet(own, 2 * WARM_UP)).close();
  else fillBareQueue(join(folder, 'bare.db'), WARM_UP);
  const claimer = what === 'claim' ? await openClaimer(own) : await openBareClaimer(join(folder, 'bare.db'));
  for (let claims = 0; claims < WARM_UP; claims += 1) await claimer.claim();
  await claimer.close();
  await rm(folder, { recursive: true });
}

/** Tells the one who started this process, and waits until it is told. */
function say(message: RaceLap): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

interface Claimer {
  /** The task's id; undefined when there is none left. */
  claim(): Promise<string | undefined>;
  close(): Promise<void>;
}

async function openClaimer(file: string): Promise<Claimer> {
  const store = await openSheetAt(file);
  const { agent } = await store.transaction((tx) => registerAgent(tx, { role: 'worker', driver: 'command' }));
  return {
    claim: async () => (await store.transaction((tx) => claimNextTask(tx, agent, LEASE_MS)))?.taskId,
    close: () => store.close(),
  };
}

async function openBareClaimer(file: string): Promise<Claimer> {
  const queue = openBareQueue(file);
  return { claim: () => queue.claim(`agent-${process.pid}`), close: async () => queue.close() };
}

async function lap(claim: () => Promise<string | undefined>, ms: number): Promise<RaceLap> {
  const claimed: string[] = [];
  const started = performance.now();
  let now = started;
  const cpu = process.cpuUsage();
  let worstMs = 0;
  while (now - started < ms) {
    const id = await claim();
    const then = now;
    now = performance.now();
    if (id === undefined) break;
    worstMs = Math.max(worstMs, now - then);
    claimed.push(id);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { claimed, ms: now - started, worstMs, cpuMs: (user + system) / 1000 };
}
