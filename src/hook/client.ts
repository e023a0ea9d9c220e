import { fromGemini } from './gemini.js';
import { HookInput } from './input.js';
import { fromOpencode } from './opencode.js';

/** The clients whose hooks are understood. */
export const CLIENTS = ['claude', 'codex', 'gemini', 'opencode'] as const;
export type Client = (typeof CLIENTS)[number];

/** What a client wrote to a hook's standard input, in the words of Claude Code; nothing is known of what is broken. */
export function inputOf(client: Client, body: string): HookInput {
  const input = HookInput.fromJson(body);
  if (client === 'gemini') return fromGemini(input);
  return client === 'opencode' ? fromOpencode(input) : input;
}
