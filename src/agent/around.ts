import { ancestorsOf, identityOf } from '../process/index.js';
import type { Reader } from '../store/index.js';
import type { Agent } from './agent.js';
import { findAgentsByProcess, liveAgents } from './register.js';

/** The live session in whose process tree a process runs; of several the nearest. */
export async function findAgentAround(reader: Reader, pid: number): Promise<Agent | undefined> {
  // Where there is no /proc the walk starts a process, so it is not done for nothing.
  if (!(await liveAgents(reader)).some((agent) => agent.pid !== undefined)) return undefined;
  const ancestors = ancestorsOf(pid);
  const live = (await findAgentsByProcess(reader, ancestors)).filter(
    (agent) => agent.pid !== undefined && identityOf(agent.pid)?.startedAt === agent.pidStartedAt,
  );
  // A session may have been started inside another.
  return live.sort((one, other) => ancestors.indexOf(one.pid ?? 0) - ancestors.indexOf(other.pid ?? 0))[0];
}
