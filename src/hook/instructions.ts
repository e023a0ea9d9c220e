import type { Client } from './client.js';

/**
 * The files of instructions that a client loads by itself from the folder it works in and those above. What it says of
 * that comes before its session is registered, and not of all of them.
 */
export const INSTRUCTIONS: Readonly<Record<Client, readonly string[]>> = {
  claude: ['CLAUDE.md', 'CLAUDE.local.md', '.claude/CLAUDE.md'],
  codex: ['AGENTS.md'],
  gemini: ['GEMINI.md'],
  opencode: ['AGENTS.md', 'CLAUDE.md', 'CONTEXT.md'],
};
