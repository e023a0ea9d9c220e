import { findAgent, liveAgents, type Agent } from '../agent/index.js';
import { isAlive } from '../process/index.js';
import type { Reader } from '../store/index.js';
import { findTask } from '../task/index.js';
import { formatDuration, oneLine, plainText } from '../text/index.js';
import type { Write } from '../write/index.js';

/** Whether a session goes on: it has not ended, and neither has its client. A subagent lives with its parent. */
export async function isLive(reader: Reader, agent: Agent): Promise<boolean> {
  if (agent.endedAt !== undefined) return false;
  if (agent.parentId !== undefined) {
    const parent = await findAgent(reader, agent.parentId);
    return parent !== undefined && isLive(reader, parent);
  }
  const { pid, pidStartedAt: startedAt } = agent;
  return pid === undefined || startedAt === undefined || isAlive({ pid, startedAt });
}

/** The session that an agent is, or works for as a subagent. */
export async function sessionOf(reader: Reader, agentId: string | undefined): Promise<Agent | undefined> {
  const agent = agentId === undefined ? undefined : await findAgent(reader, agentId);
  return agent?.parentId === undefined ? agent : sessionOf(reader, agent.parentId);
}

/** Whether the client of any registered session is running. */
export async function hasLiveClient(reader: Reader): Promise<boolean> {
  const sessions = (await liveAgents(reader)).filter(({ clientSession }) => clientSession !== undefined);
  return sessions.some(
    ({ pid, pidStartedAt: startedAt }) =>
      pid !== undefined && startedAt !== undefined && isAlive({ pid, startedAt }),
  );
}

/** Who hears what concerns an agent: itself, or the session that a subagent worked for, once that has ended. */
export async function hearerFor(reader: Reader, agent: Agent): Promise<Agent> {
  return agent.endedAt === undefined ? agent : ((await sessionOf(reader, agent.id)) ?? agent);
}

/** Who made a write; where that stayed open, all who may have. Empty where nobody registered could have. */
export async function makersOf(reader: Reader, { agentId, suspects = [] }: Write): Promise<Agent[]> {
  const makers: Agent[] = [];
  for (const id of agentId === undefined ? suspects : [agentId]) {
    const agent = await findAgent(reader, id);
    if (agent !== undefined) makers.push(agent);
  }
  return makers;
}

/** As many as are named of those who may have done something. */
const MOST_NAMED = 3;

/** `of ada, or of bo`; three at most, and first `of yours` where it is said to one of them. */
export function ofAny(agents: readonly Agent[], toId?: string): string {
  const names = agents.filter(({ id }) => id !== toId).map(({ name }) => name);
  const all = (names.length < agents.length ? ['yours', ...names] : names).map((name) => `of ${name}`);
  return all.slice(0, MOST_NAMED).join(', or ') + (all.length > MOST_NAMED ? ', …' : '');
}

/**
 * `bo (task t3: Token bucket) wrote it 2m ago`; without an agent `somebody who is not registered …`.
 * @param toId Who is told so: what that agent's own command may have done is said to be its own.
 */
export async function whoWrote(
  reader: Reader,
  write: Write | undefined,
  now: number,
  toId?: string,
): Promise<string> {
  if (write === undefined) return 'somebody who is not registered (an editor, a formatter) wrote it';
  const ago = `${formatDuration(Math.max(1_000, now - write.at))} ago`;
  const makers = await makersOf(reader, write);
  const [agent] = makers;
  if (agent === undefined) return `somebody who is not registered (an editor, a formatter) wrote it ${ago}`;
  const task = write.taskId === undefined ? undefined : await findTask(reader, write.taskId);
  const about = task === undefined ? '' : ` (task ${task.id}: ${oneLine(plainText(task.title), 80)})`;
  if (write.how !== 'meanwhile' && makers.length === 1) return `${agent.name}${about} wrote it ${ago}`;
  const whose = `${ofAny(makers, toId)}${agent.id === toId ? '' : about}`;
  return `a command ${whose}, or somebody who is not registered, wrote it ${ago}`;
}
