import type { Answer } from '../guard/index.js';
import type { Client } from './client.js';
import { SILENT, type HookAnswer } from './place.js';

/** Whose hook is answered, and to which event, in the words of Claude Code. */
export interface Asked {
  client: Client;
  event: string;
}

/** What a client understands as this answer to an event. */
export function inClientsWords({ client, event }: Asked, answer: Answer): HookAnswer {
  if (!answer.refused)
    return answer.tell === undefined ? SILENT : telling(event, withoutTagsOfClients(answer.tell));
  const reason = withoutTagsOfClients(answer.reason);
  if (event === 'PreToolUse' && client !== 'gemini') {
    const decision = { permissionDecision: 'deny', permissionDecisionReason: reason };
    return saying({ hookSpecificOutput: { hookEventName: event, ...decision } });
  }
  return saying({ decision: 'block', reason });
}

/** Clients put what a hook says into a tag of their own: what others wrote must not end it, nor begin another. */
function withoutTagsOfClients(text: string): string {
  return text.replace(/<(?=\s*\/?\s*system-reminder)/gi, '‹');
}

function telling(event: string, text: string): HookAnswer {
  // What this hook prints becomes part of the instructions for the summary, as it stands.
  if (event === 'PreCompact') return { ...SILENT, stdout: `${text}\n` };
  return saying({ hookSpecificOutput: { hookEventName: event, additionalContext: text } });
}

function saying(value: object): HookAnswer {
  return { ...SILENT, stdout: `${JSON.stringify(value)}\n` };
}
