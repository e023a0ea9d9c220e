import { createHash } from 'node:crypto';
import { usageError, type CallsheetError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import {
  defined,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  textOf,
  type Reader,
  type Row,
  type Transaction,
} from '../store/index.js';
import {
  deleteFormerName,
  insertAgent,
  insertFormerName,
  reviveAgent,
  selectAgent,
  selectAgentByClientSession,
  selectAgentByName,
  selectAgentByProcess,
  selectAgentByToken,
  selectLiveAgents,
  selectNewestOfProcess,
  selectOtherThan,
  selectSubagents,
  selectTakenNames,
  updateEnded,
  updateName,
  updateIdle,
  updatePart,
  updateProcess,
  updateSign,
  updateToken,
  updateWaiter,
} from './agent.sql.js';
import { freeName } from './names.js';
import { ROLES, type Agent, type Role } from './agent.js';

export interface NewAgent {
  /** Default: a free short name. */
  name?: string;
  role: Role;
  driver: string;
  speciality?: string;
  model?: string;
  runId?: string;
  clientSession?: string;
  parentId?: string;
  follows?: boolean;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/**
 * Registers a session. The token is its identity from now on; the sheet keeps only its hash.
 * @throws {CallsheetError} `AGENT_NAME_INVALID` (usage).
 */
export async function registerAgent(
  tx: Transaction,
  wanted: NewAgent,
): Promise<{ agent: Agent; token: string }> {
  const name = wanted.name ?? freeName(await takenNames(tx));
  requireAgentName(name);
  const token = tx.chance.token();
  const agent: Agent = {
    ...defined(wanted),
    id: await tx.nextId('agent'),
    name,
    lastSignAt: tx.now,
    createdAt: tx.now,
  };
  await tx.run(insertAgent(agent, hashOf(token)));
  await tellRegistered(tx, agent);
  return { agent, token };
}

/** The person of that name, registered at the first word from them. Their last sign of life is now. */
export async function personNamed(tx: Transaction, name: string): Promise<Agent> {
  const row = await tx.get(selectAgentByName(name));
  if (row === undefined) return registerPerson(tx, name);
  const agent = toAgent(row);
  if (agent.driver !== 'terminal') {
    throw usageError(
      'AGENT_NAME_TAKEN',
      `${name} is a ${agent.role} run by callsheet (${agent.driver}), not a person. Nothing was changed.`,
      'Choose another name: --as NAME',
    );
  }
  await tx.run(reviveAgent(agent.id, tx.now));
  await tellReturned(tx, agent);
  return agent;
}

async function registerPerson(tx: Transaction, name: string): Promise<Agent> {
  requireAgentName(name);
  const agent: Agent = {
    id: await tx.nextId('agent'),
    name,
    role: 'human',
    driver: 'terminal',
    lastSignAt: tx.now,
    createdAt: tx.now,
  };
  await tx.run(insertAgent(agent, null));
  await tellRegistered(tx, agent);
  return agent;
}

/** A new identity for a worker that begins another attempt: the token of the attempt before is worth nothing now. */
export async function renewToken(tx: Transaction, id: string): Promise<string> {
  const token = tx.chance.token();
  const before = await findAgent(tx, id);
  await tx.run(updateToken(id, hashOf(token), tx.now));
  if (before !== undefined) await tellReturned(tx, before);
  return token;
}

/** Its end stands in the log: so does that it is there again. */
async function tellReturned(tx: Transaction, before: Agent): Promise<void> {
  if (before.endedAt === undefined) return;
  const { id, name } = before;
  await appendEvent(tx, { type: 'agent.returned', agentId: id, ...runOf(before), data: { name } });
}

/**
 * Gives an agent another name. The one before still means it, and is given to nobody else.
 * @throws {CallsheetError} `AGENT_NAME_INVALID`, `AGENT_NAME_TAKEN` (usage).
 */
export async function renameAgent(tx: Transaction, agent: Agent, name: string): Promise<Agent> {
  requireAgentName(name);
  const other = await findAgentByName(tx, name);
  if (other !== undefined && other.id !== agent.id) throw nameTaken(name, other);
  await tx.run(deleteFormerName(name));
  if (name.toLowerCase() !== agent.name.toLowerCase()) await tx.run(insertFormerName(agent.name, agent.id));
  await tx.run(updateName(agent.id, name));
  const data = { name, before: agent.name };
  await appendEvent(tx, { type: 'agent.renamed', agentId: agent.id, ...runOf(agent), data });
  return { ...agent, name };
}

function nameTaken(name: string, { name: now }: Agent): CallsheetError {
  const whose = now.toLowerCase() === name.toLowerCase() ? 'another agent' : `${now}, which had it before`;
  return usageError(
    'AGENT_NAME_TAKEN',
    `${name} is the name of ${whose}. Nothing was changed.`,
    'Choose another: names are never given twice.',
  );
}

/** A session is over: its token is worth nothing from now on. */
export async function endAgent(tx: Transaction, id: string): Promise<void> {
  const row = await tx.get(updateEnded(id, tx.now));
  if (row === undefined) return;
  const agent = toAgent(row);
  await appendEvent(tx, { type: 'agent.ended', agentId: id, ...runOf(agent), data: { name: agent.name } });
}

/** A session of a client that was there before: resumed, or back after its end was missed. */
export async function returnAgent(tx: Transaction, id: string): Promise<void> {
  const before = await findAgent(tx, id);
  await tx.run(reviveAgent(id, tx.now));
  if (before !== undefined) await tellReturned(tx, before);
}

/** The agent of a client's session, ended or not. */
export async function findAgentByClientSession(reader: Reader, session: string): Promise<Agent | undefined> {
  return optionalAgent(await reader.get(selectAgentByClientSession(session)));
}

export async function noteSign(tx: Transaction, id: string): Promise<void> {
  await tx.run(updateSign(id, tx.now));
}

export async function noteProcess(
  tx: Transaction,
  id: string,
  process: { pid: number; startedAt: string },
): Promise<void> {
  await tx.run(updateProcess(id, process.pid, process.startedAt));
}

/** What a session is here for: its rights, what it is good at, whether it is handed tasks. */
export type Part = Pick<Agent, 'role' | 'speciality' | 'follows'>;

/** Gives a session a part. Who may do that is for the caller to know. */
export async function givePart(
  tx: Transaction,
  id: string,
  { role, speciality, follows }: Part,
): Promise<void> {
  const before = await findAgent(tx, id);
  if (before === undefined) return;
  await tx.run(updatePart(id, { role, speciality: speciality ?? null, follows: follows ?? false }));
  if (before.role === role && before.speciality === speciality && before.follows === follows) return;
  const data = { name: before.name, role, speciality, follows: follows ?? false, before: before.role };
  await appendEvent(tx, { type: 'agent.part-given', agentId: id, ...runOf(before), data });
}

/** A turn has ended with nothing to do, or (undefined) the session is at work again. A sign, no event. */
export async function noteIdle(tx: Transaction, id: string, since: number | undefined): Promise<void> {
  await tx.run(updateIdle(id, since ?? null));
}

/** From now on this one waits for a session, and whoever did before does not. */
export async function noteWaiter(tx: Transaction, id: string, waiter: string): Promise<void> {
  await tx.run(updateWaiter(id, waiter));
}

export async function findAgent(reader: Reader, id: string): Promise<Agent | undefined> {
  return optionalAgent(await reader.get(selectAgent(id)));
}

/** By its name, or by one that it had before. */
export async function findAgentByName(reader: Reader, name: string): Promise<Agent | undefined> {
  return optionalAgent(await reader.get(selectAgentByName(name)));
}

/** The subagents that an agent has had, oldest first. */
export async function subagentsOf(reader: Reader, id: string): Promise<Agent[]> {
  return (await reader.all(selectSubagents(id))).map(toAgent);
}

/** The session whose token this is, while it lives. */
export async function findAgentByToken(reader: Reader, token: string): Promise<Agent | undefined> {
  return optionalAgent(await reader.get(selectAgentByToken(hashOf(token))));
}

/** The live sessions whose client is one of these processes; the caller compares start times. */
export async function findAgentsByProcess(reader: Reader, pids: number[]): Promise<Agent[]> {
  return pids.length === 0 ? [] : (await reader.all(selectAgentByProcess(pids))).map(toAgent);
}

/** The session that was last at work in a client's process, ended or not. */
export async function findLastOfProcess(
  reader: Reader,
  { pid, startedAt }: { pid: number; startedAt: string },
): Promise<Agent | undefined> {
  return optionalAgent(await reader.get(selectNewestOfProcess(pid, startedAt)));
}

/** Whether any agent but this one is live; people are none. */
export async function hasOthers(reader: Reader, id: string): Promise<boolean> {
  return (await reader.get(selectOtherThan(id))) !== undefined;
}

export async function liveAgents(reader: Reader): Promise<Agent[]> {
  return (await reader.all(selectLiveAgents())).map(toAgent);
}

async function takenNames(reader: Reader): Promise<Set<string>> {
  return new Set((await reader.all(selectTakenNames())).map((row) => textOf(row, 'name').toLowerCase()));
}

async function tellRegistered(tx: Transaction, agent: Agent): Promise<void> {
  await appendEvent(tx, {
    type: 'agent.registered',
    agentId: agent.id,
    ...runOf(agent),
    data: { name: agent.name, role: agent.role, driver: agent.driver, speciality: agent.speciality },
  });
}

function runOf(agent: Agent) {
  return agent.runId === undefined ? {} : { runId: agent.runId };
}

/** @throws {CallsheetError} `AGENT_NAME_INVALID` (usage). */
export function requireAgentName(name: string): void {
  if (NAME.test(name)) return;
  throw usageError(
    'AGENT_NAME_INVALID',
    `“${name.slice(0, 60)}” cannot be an agent's name. Nothing was changed.`,
    'Use letters, digits, `.`, `_` and `-`, at most 40, beginning with a letter or digit.',
  );
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function optionalAgent(row: Row | undefined): Agent | undefined {
  return row === undefined ? undefined : toAgent(row);
}

function toAgent(row: Row): Agent {
  return defined({
    id: textOf(row, 'id'),
    name: textOf(row, 'name'),
    role: oneOf(row, 'role', ROLES),
    speciality: optionalText(row, 'speciality'),
    driver: textOf(row, 'driver'),
    model: optionalText(row, 'model'),
    runId: optionalText(row, 'run_id'),
    pid: optionalNumber(row, 'pid'),
    pidStartedAt: optionalText(row, 'pid_started_at'),
    lastSignAt: numberOf(row, 'last_sign_ms'),
    createdAt: numberOf(row, 'created_ms'),
    endedAt: optionalNumber(row, 'ended_ms'),
    clientSession: optionalText(row, 'client_session'),
    parentId: optionalText(row, 'parent_id'),
    follows: numberOf(row, 'follows') === 1 ? true : undefined,
    idleSince: optionalNumber(row, 'idle_since_ms'),
    waiter: optionalText(row, 'waiter'),
  });
}
