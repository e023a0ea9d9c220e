import { userInfo } from 'node:os';
import {
  findAgentAround,
  findAgentByName,
  findAgentByToken,
  requireAgentName,
  type Agent,
} from '../agent/index.js';
import { CallsheetError, errorCode, usageError } from '../error/index.js';
import type { Reader } from '../store/index.js';
import type { Actor } from './operation.js';

export interface Caller {
  env: NodeJS.ProcessEnv;
  /** What `--as` said. */
  as?: string;
  /** The process that asks. */
  pid: number;
  /** The session that asks, where the face knows it. */
  agent?: Agent;
}

/**
 * Who asks. A registered session is known by its token, or by being a descendant of its process: dropping a variable
 * does not turn a worker into a person. Everybody else is a person.
 * @throws {CallsheetError} `TOKEN_INVALID`, `AS_REFUSED`, `AGENT_NAME_TAKEN`, `AGENT_NAME_INVALID`.
 */
export async function identify(reader: Reader, { env, as, pid, agent }: Caller): Promise<Actor> {
  if (agent !== undefined) return actorOf(agent);
  const session = (await sessionByToken(reader, env)) ?? (await findAgentAround(reader, pid));
  if (session === undefined) return person(reader, as ?? env['CALLSHEET_AGENT'], env);
  if (as !== undefined) throw asRefused(session, as);
  return actorOf(session);
}

async function sessionByToken(reader: Reader, env: NodeJS.ProcessEnv): Promise<Agent | undefined> {
  const token = env['CALLSHEET_TOKEN'];
  if (token === undefined || token === '') return undefined;
  const agent = await findAgentByToken(reader, token);
  if (agent !== undefined && agent.endedAt === undefined) return agent;
  // Never a person instead: a worker that outlived its attempt must not gain rights by that.
  throw new CallsheetError(
    'TOKEN_INVALID',
    'CALLSHEET_TOKEN names no live session of this sheet: the session has ended, or it belongs to another repository. Nothing was done.',
    { hint: 'An agent stops its work here. A person at a terminal: unset CALLSHEET_TOKEN' },
  );
}

async function person(reader: Reader, named: string | undefined, env: NodeJS.ProcessEnv): Promise<Actor> {
  if (named !== undefined && named !== '') {
    const agent = await findAgentByName(reader, named);
    return agent === undefined || agent.driver !== 'terminal' ? newPerson(named, agent) : actorOf(agent);
  }
  const name = userName(env);
  const agent = await findAgentByName(reader, name);
  // Names of workers are given out freely, so one may be called as the person is.
  if (agent !== undefined && agent.driver !== 'terminal')
    return person(reader, `person-${name}`.slice(0, 40), env);
  return agent === undefined ? { role: 'human', name } : actorOf(agent);
}

function newPerson(name: string, taken: Agent | undefined): Actor {
  requireAgentName(name);
  if (taken === undefined) return { role: 'human', name };
  throw usageError(
    'AGENT_NAME_TAKEN',
    `${name} is a ${taken.role} run by callsheet (${taken.driver}), not a person. Nothing was done.`,
    'Choose another name: --as NAME',
  );
}

function actorOf(agent: Agent): Actor {
  return { role: agent.role, name: agent.name, agentId: agent.id };
}

/** The name of the operating system's user, in the characters that a name may have. */
function userName(env: NodeJS.ProcessEnv): string {
  const name = (systemUser() ?? env['USER'] ?? '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name.slice(0, 30) || 'person';
}

function systemUser(): string | undefined {
  try {
    return userInfo().username;
  } catch (error) {
    // A container may run as a user id that the system has no name for.
    if (errorCode(error) === 'ERR_SYSTEM_ERROR') return undefined;
    throw error;
  }
}

function asRefused(session: Agent, as: string): CallsheetError {
  return new CallsheetError(
    'AS_REFUSED',
    `This session is registered as ${session.name} (${session.role}) and cannot act as ${as.slice(0, 40)}. Nothing was done.`,
    { hint: 'Leave out --as.' },
  );
}
