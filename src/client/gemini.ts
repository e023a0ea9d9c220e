import type { HookEntry } from './hook-entry.js';
import { hookLine } from './hook-line.js';

const GUARDED_TOOLS = '^(read_file|write_file|replace|run_shell_command)$';
const TIMEOUT_MS = 10_000;

// As for Codex: Gemini CLI starts its hooks in the folder that it was started in.
const LINE = hookLine('', 'gemini');

const HANDLER = { name: 'callsheet', type: 'command', command: LINE, timeout: TIMEOUT_MS };

/** What Gemini CLI's settings hold of callsheet. */
export const GEMINI_HOOKS: readonly HookEntry[] = [
  { event: 'BeforeTool', matcher: GUARDED_TOOLS, handler: HANDLER },
  ...['AfterTool', 'SessionStart', 'BeforeAgent', 'AfterAgent', 'SessionEnd'].map((event) => ({
    event,
    handler: HANDLER,
  })),
];
