import type { ProcessIdentity } from '../process/index.js';
import { sql, type Transaction } from '../store/index.js';
import type { Agent } from './agent.js';
import { findAgentByClientSession } from './register.js';

/** What a session is called that a server has registered for its client: nobody but the process tells it from others. */
export function serverSessionOf({ pid, startedAt }: ProcessIdentity): string {
  return `mcp:${pid}:${startedAt}`;
}

/** Whether only a server speaks for a session: the client's hooks, if it has any, have not said a word. */
export function isServerSession({ clientSession }: Agent): boolean {
  return clientSession?.startsWith('mcp:') === true;
}

/** Gives the live session that a server has registered for a client the name that the client itself has for it. */
export async function nameServerSession(
  tx: Transaction,
  client: ProcessIdentity,
  { clientSession, driver }: { clientSession: string; driver: string },
): Promise<Agent | undefined> {
  const agent = await findAgentByClientSession(tx, serverSessionOf(client));
  if (agent === undefined || agent.endedAt !== undefined) return undefined;
  await tx.run(sql`
    update agent set client_session = ${clientSession}, driver = ${driver} where id = (select ${agent.id})`);
  return { ...agent, clientSession, driver };
}
