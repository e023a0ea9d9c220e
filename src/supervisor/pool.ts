import {
  endAgent,
  findAgent,
  findAgentByName,
  registerAgent,
  renewToken,
  type Agent,
} from '../agent/index.js';
import type { Run } from '../run/index.js';
import { defined, type Reader, type Store, type Transaction } from '../store/index.js';
import { findTasks, type Task } from '../task/index.js';

/** A worker with the token of its next attempt. */
export interface Hand {
  agent: Agent;
  token: string;
}

/** A worker of the run that is free, or a new one. */
export interface Pool {
  /**
   * A free worker for an attempt, or undefined when the task is another's; its token is new, so that an earlier
   * attempt's is worth nothing. It counts as taken when {@link Pool.took} says that the transaction was committed.
   */
  take(tx: Transaction, wish: Pick<Task, 'speciality' | 'assignee'>): Promise<Hand | undefined>;
  took(agent: Agent): void;
  /** The worker of a claim that goes on after a pause. */
  takeBack(tx: Transaction, agentId: string): Promise<Hand | undefined>;
  giveBack(agent: Agent, speciality: string | undefined): Promise<void>;
  /** What the next free worker did last. */
  nextSpeciality(): string | undefined;
  /** Whether the one who holds a task is a worker of this run, and no person. */
  isOurs(reader: Reader, task: Task): Promise<boolean>;
  /** Whether a task waits for somebody who is no worker of this run. */
  isForOthers(reader: Reader, task: Task): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * The workers of one engine. A worker keeps its name from task to task, so that a report can be read; one that
 * still holds a blocked or paused task is not given another. A task with an assignee goes to the worker of that
 * name, which is made when nobody has the name; a person's is left to the person.
 */
export function openPool(store: Store, run: Run, driver: string): Pool {
  const free: { agent: Agent; speciality: string | undefined }[] = [];
  const known = new Set<string>();
  const busy = new Set<string>();

  const named = async (tx: Transaction, name: string): Promise<Agent | 'nobody' | undefined> => {
    const agent = await findAgentByName(tx, name);
    if (agent === undefined) return 'nobody';
    return agent.runId === run.id && !busy.has(agent.id) ? agent : undefined;
  };

  return {
    async take(tx, { speciality, assignee }) {
      const agent = assignee === undefined ? (free[0]?.agent ?? 'nobody') : await named(tx, assignee);
      if (agent === undefined) return undefined;
      if (agent !== 'nobody') return { agent, token: await renewToken(tx, agent.id) };
      return registerAgent(tx, {
        role: 'worker',
        driver,
        runId: run.id,
        ...defined({ speciality, name: assignee }),
      });
    },
    took(agent) {
      const index = free.findIndex((each) => each.agent.id === agent.id);
      if (index >= 0) free.splice(index, 1);
      known.add(agent.id);
      busy.add(agent.id);
    },
    async takeBack(tx, agentId) {
      const agent = await findAgent(tx, agentId);
      if (agent?.runId !== run.id) return undefined;
      return { agent, token: await renewToken(tx, agent.id) };
    },
    async giveBack(agent, speciality) {
      busy.delete(agent.id);
      const held = await findTasks(store, {
        claimedBy: agent.id,
        states: ['running', 'paused', 'blocked', 'review'],
      });
      if (held.length === 0) free.push({ agent, speciality });
      // Its session is over while its claim stays: a later engine knows by that that nobody was at work on it.
      else await store.transaction((tx) => endAgent(tx, agent.id));
    },
    nextSpeciality: () => free[0]?.speciality,
    async isOurs(reader, { claimedBy }) {
      return claimedBy !== undefined && (await findAgent(reader, claimedBy))?.runId === run.id;
    },
    async isForOthers(reader, { assignee }) {
      if (assignee === undefined) return false;
      const agent = await findAgentByName(reader, assignee);
      return agent !== undefined && agent.runId !== run.id;
    },
    async close() {
      await store.transaction(async (tx) => {
        for (const id of known) await endAgent(tx, id);
      });
    },
  };
}
