import { findAgent, findAgentByName, liveAgents, type Agent, type Role } from '../agent/index.js';
import { CallsheetError, usageError } from '../error/index.js';
import type { Reader } from '../store/index.js';
import { findTask, hasEnded, type Task } from '../task/index.js';
import { oneLine, plainText } from '../text/index.js';
import { holderOfTask, HUMANS, SUPERVISORS, type Recipient } from './message.js';

/** Words for everybody of a role, whether somebody is there now or comes later. */
const ROLE_WORDS: Record<string, Recipient> = {
  human: HUMANS,
  humans: HUMANS,
  [HUMANS]: HUMANS,
  supervisor: SUPERVISORS,
  supervisors: SUPERVISORS,
  lead: SUPERVISORS,
  [SUPERVISORS]: SUPERVISORS,
};

/** Words for the sessions that live now. */
const LIVE_WORDS: Record<string, Role | 'all'> = {
  all: 'all',
  worker: 'worker',
  workers: 'worker',
  reviewer: 'reviewer',
  reviewers: 'reviewer',
};

/** Whether a word means several, whatever agents are called. */
export function isRecipientWord(text: string): boolean {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(ROLE_WORDS, word) || Object.hasOwn(LIVE_WORDS, word);
}

export interface ResolveOptions {
  /** `all`, `workers` and `reviewers` mean those of this run. Default: of the whole sheet. */
  runId?: string;
  /** An agent that `all` leaves out: the sender. */
  except?: string;
  /** A task that nobody holds means whoever takes it up next; by default it means nobody. */
  mayWait?: boolean;
}

/**
 * Whom a word means: `human`, `lead`, `all`, `workers`, `reviewers`, an agent by name or id, or a task for the agent
 * that holds it. The words come first, then agents, then tasks.
 * @throws {CallsheetError} `RECIPIENT_UNKNOWN` (usage), `RECIPIENT_NOBODY` when it means nobody now.
 */
export async function resolveRecipient(
  reader: Reader,
  text: string,
  options: ResolveOptions = {},
): Promise<Recipient[]> {
  const word = text.trim().toLowerCase();
  const role = Object.hasOwn(ROLE_WORDS, word) ? ROLE_WORDS[word] : undefined;
  if (role !== undefined) return [role];
  const live = Object.hasOwn(LIVE_WORDS, word) ? LIVE_WORDS[word] : undefined;
  if (live !== undefined) return liveOf(reader, word, live, options);
  const agent = (await findAgentByName(reader, text.trim())) ?? (await findAgent(reader, word));
  if (agent !== undefined) return [stillThere(agent)];
  const task = await findTask(reader, text.trim());
  if (task !== undefined) return [holderOf(task, options)];
  const shown = oneLine(plainText(text), 60);
  throw usageError(
    'RECIPIENT_UNKNOWN',
    `“${shown}” is no agent, task or role in this sheet. Nothing was sent.`,
    'Name an agent, a task, human, lead or all; see: callsheet status',
  );
}

async function liveOf(
  reader: Reader,
  word: string,
  role: Role | 'all',
  options: ResolveOptions,
): Promise<Recipient[]> {
  const agents = (await liveAgents(reader)).filter(
    (agent) =>
      (role === 'all' || agent.role === role) &&
      (options.runId === undefined || agent.runId === options.runId) &&
      agent.id !== options.except,
  );
  if (agents.length === 0)
    throw nobody(`Nobody is there to read what is sent to ${word}`, 'See who is there: callsheet status');
  return agents.map((agent) => agent.id);
}

function stillThere(agent: Agent): Recipient {
  if (agent.endedAt === undefined) return agent.id;
  throw nobody(
    `The session of ${agent.name} has ended`,
    'Name its task instead, or somebody who is there: callsheet status',
  );
}

function holderOf(task: Task, { mayWait = false }: ResolveOptions): Recipient {
  if (task.claimedBy !== undefined) return task.claimedBy;
  if (mayWait) return holderOfTask(task.id);
  throw nobody(
    `Nobody holds task ${task.id}: it is ${task.state}`,
    hasEnded(task.state)
      ? `A person or the lead opens it again: callsheet send INSTRUCTION --to ${task.id} "…"`
      : 'Leave it as a note: callsheet note add …',
  );
}

function nobody(what: string, hint: string): CallsheetError {
  return new CallsheetError('RECIPIENT_NOBODY', `${what}. Nothing was sent.`, { hint });
}
