import { registerAgent, type Agent } from '../../src/agent/index.js';
import { appendEvent } from '../../src/event/index.js';
import { acquireLock, releaseLock } from '../../src/lock/index.js';
import { sendMessage } from '../../src/message/index.js';
import { addNote } from '../../src/note/index.js';
import type { Store, Transaction } from '../../src/store/index.js';
import {
  claimNextTask,
  claimTask,
  finishTask,
  heartbeat,
  recordResult,
  type Claim,
} from '../../src/task/index.js';
import { hub, plain } from './fill.js';

export const CALLS = [
  'claim the next task',
  'claim a certain task',
  'heartbeat',
  'complete, three dependents',
  'lock, nothing held',
  'lock, 500 held',
  'message',
  'note',
  'event',
] as const;
export type CallName = (typeof CALLS)[number];

/** Does one call and says how long it took, in microseconds; what must be there before is done outside that time. */
export type Call = (n: number) => Promise<number>;

const LEASE_MS = 3_600_000;
/** Each call has tasks of its own, so that none finds what another has taken. */
const CERTAIN_FROM_END = 1;

/** The calls on one sheet. @param plainTasks How many plain tasks it has: those at the end are claimed by name. */
export async function openCalls(store: Store, plainTasks: number): Promise<Record<CallName, Call>> {
  const register = (tx: Transaction) => registerAgent(tx, { role: 'worker', driver: 'command' });
  const { agent } = await store.transaction(register);
  const { agent: other } = await store.transaction(register);
  const timed = async <T>(work: (tx: Transaction) => Promise<T>): Promise<number> => {
    const started = performance.now();
    const answer = await store.transaction(work);
    const us = (performance.now() - started) * 1000;
    if (answer === undefined) throw new Error('A call of the benchmark did not do what it should.');
    return us;
  };
  const held: Claim[] = [];
  return {
    'claim the next task': () => timed((tx) => claimNextTask(tx, agent, LEASE_MS)),
    'claim a certain task': (n) =>
      timed(async (tx) => {
        const claim = await claimTask(tx, plain(plainTasks - CERTAIN_FROM_END - n), agent, LEASE_MS);
        if (claim !== undefined) held.push(claim);
        return claim;
      }),
    heartbeat: (n) =>
      timed((tx) => heartbeat(tx, held[n % held.length] ?? { taskId: 'none', attempt: 0 }, LEASE_MS + n)),
    'complete, three dependents': async (n) => {
      const claim = await store.transaction((tx) => claimTask(tx, hub(n), agent, LEASE_MS));
      if (claim === undefined) throw new Error(`${hub(n)} could not be claimed.`);
      return timed((tx) => complete(tx, claim));
    },
    'lock, nothing held': (n) => lockCall(store, timed, agent, n),
    'lock, 500 held': async (n) => {
      if (n === 0) await holdMany(store, other);
      return lockCall(store, timed, agent, n);
    },
    message: (n) =>
      timed((tx) =>
        sendMessage(tx, {
          type: 'QUESTION',
          from: agent.id,
          to: [other.id],
          body: `May I change line ${n}?`,
        }),
      ),
    note: (n) =>
      timed((tx) =>
        addNote(tx, {
          kind: 'discovery',
          text: `The parser of part ${n} reads its input twice.`,
          tags: ['parser'],
          files: [`src/part-${n}.ts`],
          agentId: agent.id,
        }),
      ),
    event: (n) =>
      timed(async (tx) => {
        await appendEvent(tx, { type: 'bench.noted', agentId: agent.id, data: { n } });
        return true;
      }),
  };
}

async function complete(tx: Transaction, claim: Claim): Promise<true> {
  await recordResult(tx, claim, { summary: 'It is done and tested.', files: ['src/a.ts'], findings: [] });
  const { freed } = await finishTask(tx, claim);
  if (freed.length !== 3) throw new Error(`${claim.taskId} freed ${freed.length} tasks instead of 3.`);
  return true;
}

type Timed = <T>(work: (tx: Transaction) => Promise<T>) => Promise<number>;

/** Files of one folder, as those of a real repository lie: what is held has the same folders above it. */
async function lockCall(store: Store, timed: Timed, agent: Agent, n: number): Promise<number> {
  const paths = [`src/part-${n % 50}/own-${n}.ts`];
  const us = await timed(async (tx) => {
    const answer = await acquireLock(tx, requestOf(agent, paths));
    return answer.granted ? answer : undefined;
  });
  await store.transaction((tx) => releaseLock(tx, { agentId: agent.id, all: true }));
  return us;
}

async function holdMany(store: Store, holder: Agent): Promise<void> {
  await store.transaction(async (tx) => {
    for (let n = 0; n < 500; n += 1) {
      // Mostly files, some folders and globs, ten to a folder.
      const path =
        n % 10 === 0 ? `src/part-${n / 10}/deep/**/*.css` : `src/part-${Math.floor(n / 10)}/file-${n}.ts`;
      await acquireLock(tx, requestOf(holder, [path]));
    }
  });
}

function requestOf(agent: Agent, paths: string[]) {
  return { agentId: agent.id, paths, resources: [], queue: false, byHand: true, ttlMs: LEASE_MS };
}
