import {
  endAgent,
  findAgent,
  findAgentByClientSession,
  findAgentAround,
  findAgentByName,
  givePart,
  findLastOfProcess,
  liveAgents,
  nameServerSession,
  noteProcess,
  registerAgent,
  returnAgent,
  type Agent,
  type Part,
} from '../agent/index.js';
import { appendEvent } from '../event/index.js';
import { handOnNotices } from '../notice/index.js';
import { isAlive, type ProcessIdentity } from '../process/index.js';
import { forgetSeenBefore, inheritMissing, inheritSeen, noteTold, toldUpTo } from '../read/index.js';
import { defined, type Transaction } from '../store/index.js';
import { forgetUnseenFiles, newestWrite } from '../write/index.js';
import { endGone, endWithSubagents } from './claims.js';
import type { Guard, Step } from './guard.js';
import { settle } from './settle.js';

/** A client's session, as the client says. */
export interface NewSession {
  /** The client's word for itself: `claude`, `codex`. */
  client: string;
  sessionId: string;
  process?: ProcessIdentity;
  model?: string;
  /** What the client was started for, as its own environment says. */
  part?: Part;
  /** Where it is a fork: the session that the client was started to go on from, if that is known. */
  fork?: { of: string | undefined };
}

export function clientSessionOf(client: string, sessionId: string, subagentId?: string): string {
  return `${client}:${sessionId}${subagentId === undefined ? '' : `/${subagentId}`}`;
}

/**
 * The agent of a session that has been registered, and that of its subagent, which is registered by its first step. A
 * subagent that goes on after its end, because it was sent back or resumed, is at work again.
 */
export async function findSession(
  { store }: Guard,
  { client, sessionId, subagentId }: { client: string; sessionId: string; subagentId?: string },
): Promise<Agent | undefined> {
  const agent = await findAgentByClientSession(store, clientSessionOf(client, sessionId));
  if (agent === undefined || subagentId === undefined) return agent;
  const clientSession = clientSessionOf(client, sessionId, subagentId);
  const subagent = await findAgentByClientSession(store, clientSession);
  if (subagent === undefined) return store.transaction((tx) => registerSubagent(tx, agent, clientSession));
  if (subagent.endedAt === undefined || agent.endedAt !== undefined) return subagent;
  return store.transaction((tx) => reopenSubagent(tx, agent, subagent));
}

/** Registers a session at its start; one that was there before keeps its name and what it has seen. */
export async function startSession(
  guard: Guard,
  session: NewSession,
): Promise<{ agent: Agent; isNew: boolean }> {
  const clientSession = clientSessionOf(session.client, session.sessionId);
  return guard.store.transaction(async (tx) => {
    await endVanished(tx);
    const before = await findAgentByClientSession(tx, clientSession);
    const forked = before === undefined ? await forkedFrom(tx, session) : undefined;
    const known = before ?? (await register(tx, session, clientSession));
    const { id } = known;
    if (before !== undefined) await returnAgent(tx, id);
    else if (forked !== undefined) await inheritFrom(tx, forked, id);
    else await noteTold(tx, id, await newestWrite(tx));
    if (session.process !== undefined) await noteProcess(tx, id, session.process);
    await givePart(tx, id, await partOf(tx, session, known));
    const agent = await findAgent(tx, id);
    if (agent === undefined) throw new Error(`Agent ${id} is gone.`);
    return { agent, isNew: before === undefined };
  });
}

/**
 * The part of a session that starts. Only the environment that its client was started with gives one, never a command
 * of the session; and a client that a worker has started does not lead.
 */
async function partOf(tx: Transaction, { part, process }: NewSession, before: Agent): Promise<Part> {
  const { id } = before;
  const wanted = part ?? before;
  if (wanted.role !== 'supervisor' || process === undefined) return wanted;
  const around = await findAgentAround(tx, process.pid);
  if (around === undefined || around.id === id || ['human', 'supervisor'].includes(around.role))
    return wanted;
  const data = { role: 'supervisor', startedBy: around.name };
  await appendEvent(tx, { type: 'agent.part-refused', agentId: id, data });
  return { ...wanted, role: 'worker' };
}

async function register(
  tx: Transaction,
  { client, model, process }: NewSession,
  clientSession: string,
): Promise<Agent> {
  const wanted = { role: 'worker', driver: client, clientSession, ...defined({ model }) } as const;
  // Its MCP server may have been quicker.
  const known = process === undefined ? undefined : await nameServerSession(tx, process, wanted);
  return known ?? (await registerAgent(tx, wanted)).agent;
}

/**
 * The session whose conversation a fork goes on with: that which was at work in the same process, else that which the
 * client was started with.
 */
async function forkedFrom(
  tx: Transaction,
  { client, process, fork }: NewSession,
): Promise<Agent | undefined> {
  if (fork === undefined) return undefined;
  const before = process === undefined ? undefined : await findLastOfProcess(tx, process);
  if (before !== undefined || fork.of === undefined) return before;
  return findAgentByClientSession(tx, clientSessionOf(client, fork.of));
}

/** What the one has seen, and has been told of, the other has too. */
async function inheritFrom(tx: Transaction, { id: from }: Agent, to: string): Promise<void> {
  await inheritSeen(tx, from, to);
  await noteTold(tx, to, await toldUpTo(tx, from));
}

/** A client that was killed says nothing at its end: its session has ended all the same. */
async function endVanished(tx: Transaction): Promise<void> {
  for (const agent of await liveAgents(tx)) {
    const { clientSession, parentId, pid, pidStartedAt: startedAt } = agent;
    if (clientSession === undefined || parentId !== undefined || pid === undefined || startedAt === undefined)
      continue;
    if (!isAlive({ pid, startedAt })) await endGone(tx, agent);
  }
}

/** A subagent starts with the picture of the agent it works for. */
async function registerSubagent(tx: Transaction, parent: Agent, clientSession: string): Promise<Agent> {
  const others = (await liveAgents(tx)).filter(({ parentId }) => parentId === parent.id);
  const { agent } = await registerAgent(tx, {
    role: 'worker',
    driver: parent.driver,
    clientSession,
    parentId: parent.id,
    name: `${parent.name.slice(0, 30)}.${await freeNumber(tx, parent, others.length + 1)}`,
  });
  await inheritFrom(tx, parent, agent.id);
  return agent;
}

async function freeNumber(tx: Transaction, parent: Agent, from: number): Promise<number> {
  for (let number = from; ; number += 1)
    if ((await findAgentByName(tx, `${parent.name.slice(0, 30)}.${number}`)) === undefined) return number;
}

/** It has what it had seen itself; of the rest it knows what the agent it works for does, as at its start. */
async function reopenSubagent(tx: Transaction, parent: Agent, { id }: Agent): Promise<Agent> {
  await returnAgent(tx, id);
  await inheritMissing(tx, parent.id, id);
  const agent = await findAgent(tx, id);
  if (agent === undefined) throw new Error(`Agent ${id} is gone.`);
  return agent;
}

/**
 * What a subagent has seen, and was still to be told, is handed back to the agent it worked for; what it saw itself is
 * kept: it may go on.
 */
export async function endSubagent(guard: Guard, step: Step): Promise<void> {
  const { parentId } = step.agent;
  if (parentId === undefined) return;
  await settle(guard, step, {});
  await guard.store.transaction(async (tx) => {
    await inheritSeen(tx, step.agent.id, parentId);
    await handOnNotices(tx, step.agent.id, parentId);
    await forgetSeenBefore(tx, step.agent.id, step.agent.createdAt);
    await endAgent(tx, step.agent.id);
  });
}

/**
 * Ends a session: what it has written is accounted for, and its locks are let go of. The tasks that it holds are given
 * back by {@link giveBackTasks}.
 */
export async function endSession(guard: Guard, step: Step): Promise<void> {
  await settle(guard, step, {});
  await guard.store.transaction(async (tx) => {
    await endWithSubagents(tx, step.agent);
    await forgetUnseenFiles(tx);
  });
}
