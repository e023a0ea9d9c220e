import { argumentsOf, type ProcessIdentity } from '../process/index.js';
import { SESSION_ID } from './sessions.js';

const NAMES_SESSION = new Set(['--resume', '-r']);

/**
 * The session that a client was told to go on from when it was started: its hooks do not say from which one a fork
 * comes, and its record of the conversation is written later. Undefined where it chose by itself (`--continue`).
 */
export function resumedSession({ pid }: ProcessIdentity): string | undefined {
  const words = argumentsOf(pid);
  for (const [index, word] of words.entries()) {
    const [name = '', value] = word.split('=', 2);
    const id = NAMES_SESSION.has(name) ? (value ?? words[index + 1]) : undefined;
    if (id !== undefined && SESSION_ID.test(id)) return id;
  }
  return undefined;
}
