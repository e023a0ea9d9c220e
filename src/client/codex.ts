import type { HookEntry } from './hook-entry.js';
import { hookLine } from './hook-line.js';

const TIMEOUT_SECONDS = 10;

// As for Claude Code, but Codex starts its hooks in the session's folder and names no project.
const LINE = hookLine('', 'codex');

/** What Codex's `hooks.json` holds of callsheet. */
export const CODEX_HOOKS: readonly HookEntry[] = [
  ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SessionEnd'],
].map((event) => ({ event, handler: { type: 'command', command: LINE, timeout: TIMEOUT_SECONDS } }));
