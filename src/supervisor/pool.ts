import { endAgent, findAgent, registerAgent, renewToken, type Agent } from '../agent/index.js';
import type { Run } from '../run/index.js';
import type { Store, Transaction } from '../store/index.js';
import { findTasks } from '../task/index.js';

/** A worker of the run that is free, or a new one. */
export interface Pool {
  /**
   * A free worker for an attempt; its token is new, so that an earlier attempt's is worth nothing. It counts as
   * taken when {@link Pool.took} says that the transaction was committed.
   */
  take(tx: Transaction, wish: { speciality?: string }): Promise<{ agent: Agent; token: string }>;
  took(agent: Agent): void;
  /** The worker of a claim that goes on after a pause. */
  takeBack(tx: Transaction, agentId: string): Promise<{ agent: Agent; token: string } | undefined>;
  giveBack(agent: Agent, speciality: string | undefined): Promise<void>;
  /** What the next free worker did last. */
  nextSpeciality(): string | undefined;
  close(): Promise<void>;
}

/**
 * The workers of one engine. A worker keeps its name from task to task, so that a report can be read; one that
 * still holds a blocked or paused task is not given another.
 */
export function openPool(store: Store, run: Run, driver: string): Pool {
  const free: { agent: Agent; speciality: string | undefined }[] = [];
  const known = new Set<string>();
  return {
    async take(tx, { speciality }) {
      const next = free[0];
      if (next !== undefined) return { agent: next.agent, token: await renewToken(tx, next.agent.id) };
      return registerAgent(tx, {
        role: 'worker',
        driver,
        runId: run.id,
        ...(speciality === undefined ? {} : { speciality }),
      });
    },
    took(agent) {
      if (free[0]?.agent.id === agent.id) free.shift();
      known.add(agent.id);
    },
    async takeBack(tx, agentId) {
      const agent = await findAgent(tx, agentId);
      if (agent?.runId !== run.id) return undefined;
      known.add(agent.id);
      return { agent, token: await renewToken(tx, agent.id) };
    },
    async giveBack(agent, speciality) {
      const held = await findTasks(store, { claimedBy: agent.id, states: ['running', 'paused', 'blocked', 'review'] });
      if (held.length === 0) free.push({ agent, speciality });
    },
    nextSpeciality: () => free[0]?.speciality,
    async close() {
      await store.transaction(async (tx) => {
        for (const id of known) await endAgent(tx, id);
      });
    },
  };
}
