import { registerAgent } from '../../src/agent/index.js';
import { claimNextTask } from '../../src/task/index.js';
import { openBareQueue } from './floor.js';
import { openSheetAt } from './fill.js';

/** What one process is told. */
export interface RaceOrder {
  file: string;
  /** Callsheet's own claim, or the statements alone. */
  what: 'claim' | 'bare';
  /** How long it claims, in milliseconds. */
  ms: number;
}

/** What one process did in its time. */
export interface RaceLap extends Lap {
  /** What it claimed before that time, all racing already. */
  before: string[];
}

interface Lap {
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
  const claimer = order.what === 'claim' ? await openClaimer(order.file) : await openBareClaimer(order.file);
  const before = await lap(() => claimer.claim(), { claims: WARM_UP });
  const go = new Promise<void>((resolve) => process.once('message', () => resolve()));
  process.send?.('ready');
  await go;
  await say({ ...(await lap(() => claimer.claim(), { ms: order.ms })), before: before.claimed });
  await claimer.close();
}

/** V8 needs some thousand claims before it has compiled their code: in a race of seconds that would be measured instead. */
const WARM_UP = 6_000;

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

async function lap(
  claim: () => Promise<string | undefined>,
  { ms = Infinity, claims = Infinity }: { ms?: number; claims?: number },
): Promise<Lap> {
  const claimed: string[] = [];
  const started = performance.now();
  let now = started;
  const cpu = process.cpuUsage();
  let worstMs = 0;
  while (now - started < ms && claimed.length < claims) {
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
