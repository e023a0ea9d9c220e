import {
  findAgentAround,
  findAgentByClientSession,
  findAgentsByProcess,
  givePart,
  isServerSession,
  noteProcess,
  registerAgent,
  returnAgent,
  serverSessionOf,
  type Agent,
  type Part,
} from '../agent/index.js';
import { appendEvent } from '../event/index.js';
import { endSession, giveBackTasks, type Guard } from '../guard/index.js';
import type { ProcessIdentity } from '../process/index.js';
import { defined, type Reader, type Store, type Transaction } from '../store/index.js';

/** A client that speaks to a server of its own. */
export interface SessionClient {
  process: ProcessIdentity;
  /** How it is called: the driver of a session that is registered for it. */
  name: string;
  /** What its set-up makes of it. */
  part: Part;
  /** When its server began, in Unix milliseconds. */
  since: number;
}

/**
 * So old a session may be when its client's set-up makes it a lead: at its start the set-up speaks, later it may be
 * the session itself that has started another server, and nobody gives themselves rights.
 */
const PART_WITHIN_MS = 60_000;

/** The session of a client, whether its hooks have registered it or a server does so now. */
export async function sessionOfClient(store: Store, client: SessionClient): Promise<Agent> {
  const known = await registeredFor(store, client.process);
  if (known !== undefined && !isToLead(known, client)) return known;
  return store.transaction(async (tx) => {
    const agent = (await registeredFor(tx, client.process)) ?? (await register(tx, client));
    if (!isToLead(agent, client)) return agent;
    const isYoung = agent.createdAt >= client.since - PART_WITHIN_MS;
    if (!isYoung || (await isWithinWorker(tx, client))) return refused(tx, agent);
    await givePart(tx, agent.id, client.part);
    return { ...agent, ...client.part };
  });
}

function isToLead({ role }: Agent, { part }: SessionClient): boolean {
  return role === 'worker' && part.role === 'supervisor';
}

/** Of several sessions in one process the newest: the others have been left. What a run has started is its worker. */
async function registeredFor(
  reader: Reader,
  { pid, startedAt }: ProcessIdentity,
): Promise<Agent | undefined> {
  const live = await findAgentsByProcess(reader, [pid]);
  const [own] = live
    .filter(({ pidStartedAt, parentId }) => pidStartedAt === startedAt && parentId === undefined)
    .sort((one, other) => other.createdAt - one.createdAt);
  if (own !== undefined) return own;
  const around = await findAgentAround(reader, pid);
  return around?.runId === undefined ? undefined : around;
}

/** One whose server has ended and was started again keeps its name. */
async function register(tx: Transaction, { process, name, part }: SessionClient): Promise<Agent> {
  const clientSession = serverSessionOf(process);
  const before = await findAgentByClientSession(tx, clientSession);
  const { speciality, follows } = part;
  const wanted = {
    role: 'worker',
    driver: name,
    clientSession,
    ...defined({ speciality, follows }),
  } as const;
  const agent = before ?? (await registerAgent(tx, wanted)).agent;
  if (before !== undefined) await returnAgent(tx, before.id);
  await noteProcess(tx, agent.id, process);
  return agent;
}

/** A client that a session has started has no more rights than that session. */
async function isWithinWorker(tx: Transaction, { process }: SessionClient): Promise<boolean> {
  const around = await findAgentAround(tx, process.pid);
  return around !== undefined && around.role !== 'supervisor';
}

async function refused(tx: Transaction, agent: Agent): Promise<Agent> {
  const data = { role: 'supervisor', name: agent.name };
  await appendEvent(tx, { type: 'agent.part-refused', agentId: agent.id, data });
  return agent;
}

/** The server of a client has ended: so has its session, and what it held is free, unless the client's hooks say when. */
export async function leaveSession(guard: Guard, { process }: SessionClient, cwd: string): Promise<void> {
  const agent = await registeredFor(guard.store, process);
  if (agent === undefined || !isServerSession(agent)) return;
  await endSession(guard, { agent, cwd });
  await giveBackTasks(guard, agent, () => Promise.resolve());
}
