import { findAgentByName, renameAgent, subagentsOf, type Agent } from '../agent/index.js';
import { leaveNotice } from '../notice/index.js';
import type { Transaction } from '../store/index.js';
import { carrySummary } from './compaction.js';

/**
 * Gives a session another name, and its subagents theirs after it. It is told at its next step.
 * @param by Who wants it so.
 * @throws {CallsheetError} `AGENT_NAME_INVALID`, `AGENT_NAME_TAKEN` (usage).
 */
export async function renameSession(
  tx: Transaction,
  agent: Agent,
  { name, by }: { name: string; by: string },
): Promise<Agent> {
  if (name === agent.name) return agent;
  const renamed = await renameAgent(tx, agent, name);
  await carrySummary(tx, agent, name);
  for (const subagent of await subagentsOf(tx, agent.id)) await renameAfter(tx, subagent, agent.name, name);
  const text = `callsheet: ${by} has renamed you: you are ${name} in this repository now, no longer ${agent.name}.`;
  await leaveNotice(tx, agent.id, { topic: `renamed:${tx.now}:${name}`, text });
  return renamed;
}

/** `ada.1` of `ada`. */
async function renameAfter(tx: Transaction, subagent: Agent, before: string, name: string): Promise<void> {
  if (!subagent.name.startsWith(`${before.slice(0, 30)}.`)) return;
  const wanted = `${name.slice(0, 30)}${subagent.name.slice(before.slice(0, 30).length)}`;
  if ((await findAgentByName(tx, wanted)) === undefined) await renameAgent(tx, subagent, wanted);
}
