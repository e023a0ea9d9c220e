import type { Agent } from '../agent/index.js';
import type { Answer } from '../guard/index.js';
import { mailAcknowledged, mailDelivered, mailFor } from '../team/index.js';
import { inClientsWords, type Asked } from './output.js';
import type { HookAnswer, HookPlace } from './place.js';

/** The events whose answer reaches the model: messages go along with these. */
export const CARRIERS: ReadonlySet<string> = new Set([
  'PostToolBatch',
  'PostToolUse',
  'UserPromptSubmit',
  'Stop',
]);

/** The events that show that the agent goes on with what it was told. */
const GOES_ON: ReadonlySet<string> = new Set([...CARRIERS, 'PreToolUse']);

/** What earlier answers have brought is acknowledged by whatever the agent does next. */
export async function noteRead({ guard: { store } }: HookPlace, agent: Agent, event: string): Promise<void> {
  if (GOES_ON.has(event) && agent.parentId === undefined) await mailAcknowledged(store, agent);
}

/** An answer with the messages that wait for this agent. A turn that was about to end goes on with them. */
export async function withMail(
  { guard: { store } }: HookPlace,
  agent: Agent,
  asked: Asked,
  answer: Answer,
): Promise<HookAnswer> {
  // A subagent has its parent's task, and its parent's letter box.
  const mail = agent.parentId === undefined ? await mailFor(store, agent) : undefined;
  if (mail === undefined) return inClientsWords(asked, answer);
  const words = inClientsWords(asked, together(asked.event, answer, mail.text));
  return { ...words, sent: () => mailDelivered(store, mail) };
}

function together(event: string, answer: Answer, text: string): Answer {
  if (answer.refused) return { refused: true, reason: `${answer.reason}\n\n${text}` };
  if (event === 'Stop') return { refused: true, reason: text };
  return { refused: false, tell: answer.tell === undefined ? text : `${answer.tell}\n\n${text}` };
}
