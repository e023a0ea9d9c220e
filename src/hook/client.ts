import { fromGemini } from './gemini.js';
import { HookInput } from './input.js';

/** The clients whose hooks are understood. */
export const CLIENTS = ['claude', 'codex', 'gemini'] as const;
export type Client = (typeof CLIENTS)[number];

/** What a client wrote to a hook's standard input, in the words of Claude Code; nothing is known of what is broken. */
export function inputOf(client: Client, body: string): HookInput {
  const input = HookInput.fromJson(body);
  return client === 'gemini' ? fromGemini(input) : input;
}
