import type { Answer } from '../guard/index.js';
import { SILENT, type HookAnswer } from './place.js';

/** What a client understands as this answer to an event of this name. */
export function inClientsWords(event: string, answer: Answer): HookAnswer {
  if (!answer.refused) return answer.tell === undefined ? SILENT : telling(event, answer.tell);
  if (event === 'PreToolUse') {
    const decision = { permissionDecision: 'deny', permissionDecisionReason: answer.reason };
    return saying({ hookSpecificOutput: { hookEventName: event, ...decision } });
  }
  return saying({ decision: 'block', reason: answer.reason });
}

function telling(event: string, text: string): HookAnswer {
  // What this hook prints becomes part of the instructions for the summary, as it stands.
  if (event === 'PreCompact') return { ...SILENT, stdout: `${text}\n` };
  return saying({ hookSpecificOutput: { hookEventName: event, additionalContext: text } });
}

function saying(value: object): HookAnswer {
  return { ...SILENT, stdout: `${JSON.stringify(value)}\n` };
}
