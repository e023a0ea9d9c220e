import { findAgent, type Agent } from '../agent/index.js';
import type { Transaction } from '../store/index.js';
import type { OpenCall } from '../write/index.js';
import { isTool } from './sweep.js';
import { isLive } from './who.js';

/** A tool writes at once when it may: what takes longer waits for a person, who may have refused it or gone. */
const LEFT_OPEN_MS = 60_000;

/** Whether nobody else is to wait for a call any more. It may be made all the same: then both are told. */
export function isLeftOpen(call: OpenCall, agent: Agent, now: number): boolean {
  return isTool(call) && now - Math.max(call.at, agent.lastSignAt) >= LEFT_OPEN_MS;
}

/** Whether a call may still be made at any moment, so that others wait for it. */
export async function isAwaited(tx: Transaction, call: OpenCall): Promise<boolean> {
  const agent = await findAgent(tx, call.agentId);
  return agent !== undefined && (await isLive(tx, agent)) && !isLeftOpen(call, agent, tx.now);
}
