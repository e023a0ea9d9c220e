import { registerAgent } from '../../src/agent/index.js';
import { acquireLock, releaseLock } from '../../src/lock/index.js';
import { acknowledge, inboxOf, sendMessage } from '../../src/message/index.js';
import { addNote } from '../../src/note/index.js';
import { MIGRATIONS } from '../../src/sheet/index.js';
import { openSqliteStore, type Store, type Transaction } from '../../src/store/index.js';
import { claimNextTask, createTasks, finishTask, heartbeat, recordResult } from '../../src/task/index.js';
import { errorCode, messageOf } from '../../src/error/index.js';
import { randomFrom } from '../support/seeds.js';

/** What one process is told. */
export interface Order {
  file: string;
  writer: number;
  seed: number;
  /** How long it writes, in milliseconds. */
  ms: number;
}

/** What it did. */
export interface Account {
  /** Transactions that were acknowledged. */
  writes: number;
  /** `task attempt` of every claim that it was given. */
  claims: string[];
  finished: string[];
  /** What a call threw: there must be nothing. */
  errors: string[];
  /** The longest that one transaction took, in milliseconds. */
  worstMs: number;
}

const LEASE_MS = 3_600_000;
// Contended on purpose: twelve writers, five files.
const FILES = 5;

/** The part of a process: says `ready`, waits for `go`, writes until its time is over, and answers with its account. */
export async function write(order: Order): Promise<void> {
  const store = await openSqliteStore({ file: order.file, migrations: MIGRATIONS });
  const writer = await openWriter(store, order);
  const go = new Promise<void>((resolve) => process.once('message', () => resolve()));
  process.send?.('ready');
  await go;
  await writer.writeFor(order.ms);
  await store.close();
  await new Promise<void>((resolve) => process.send?.(writer.account, undefined, undefined, () => resolve()));
}

async function openWriter(store: Store, { writer, seed }: Order) {
  const random = randomFrom(seed * 100 + writer);
  const account: Account = { writes: 0, claims: [], finished: [], errors: [], worstMs: 0 };
  const { agent } = await store.transaction((tx) => registerAgent(tx, { role: 'worker', driver: 'command' }));
  const done = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const started = performance.now();
    const answer = await store.transaction(work);
    account.worstMs = Math.max(account.worstMs, performance.now() - started);
    account.writes += 1;
    return answer;
  };

  /** Takes a task from its claim to its end, and leaves another one behind so that there is always something to do. */
  const work = async (): Promise<void> => {
    const claim = await done((tx) => claimNextTask(tx, agent, LEASE_MS));
    if (claim === undefined) return;
    account.claims.push(`${claim.taskId} ${claim.attempt}`);
    await done((tx) => heartbeat(tx, claim, LEASE_MS));
    await done(async (tx) => {
      await recordResult(tx, claim, { summary: 'Done.', files: [], findings: [] });
      await finishTask(tx, claim);
      await createTasks(tx, [
        { id: await tx.nextId('task'), title: 'Next', spec: 'Go on.', after: [claim.taskId] },
      ]);
    });
    account.finished.push(claim.taskId);
  };

  const lock = async (): Promise<void> => {
    const paths = [`src/file-${Math.floor(random() * FILES)}.ts`];
    const asked = { agentId: agent.id, paths, resources: [], byHand: true, queue: random() < 0.5 };
    await done((tx) => acquireLock(tx, asked));
    await done((tx) => releaseLock(tx, { agentId: agent.id, all: true }));
  };

  const talk = async (): Promise<void> => {
    await done((tx) =>
      sendMessage(tx, {
        type: 'INSTRUCTION',
        from: agent.id,
        to: [agent.id],
        body: `Round ${account.writes}`,
      }),
    );
    const unread = await inboxOf(store, [agent.id], { unacknowledgedOnly: true });
    const ids = unread.map(({ message }) => message.id);
    await done((tx) => acknowledge(tx, [agent.id], ids));
  };

  const note = async (): Promise<void> => {
    const text = `Writer ${writer} was here, time ${account.writes}.`;
    await done((tx) => addNote(tx, { kind: 'discovery', text, agentId: agent.id }));
  };

  const kinds = [work, work, lock, talk, note];
  return {
    account,
    async writeFor(ms: number): Promise<void> {
      const until = performance.now() + ms;
      while (performance.now() < until) {
        try {
          await kinds[Math.floor(random() * kinds.length)]?.();
        } catch (error) {
          account.errors.push(`${String(errorCode(error))} ${messageOf(error)}`);
        }
      }
    },
  };
}
