import type { HookEntry } from './hook-entry.js';
import { hookLine } from './hook-line.js';

/** Tools that write: only these may be blocked by a hook that failed. */
const WRITING_TOOLS = 'Edit|Write|MultiEdit|NotebookEdit';
const READING_TOOLS = 'Read|Bash';
const TIMEOUT_SECONDS = 10;

function handlerFor(what = ''): Readonly<Record<string, unknown>> {
  return { type: 'command', command: lineFor(what), timeout: TIMEOUT_SECONDS };
}

function lineFor(what: string): string {
  return `d="\${CLAUDE_PROJECT_DIR:-.}"; ${hookLine('$d', 'claude', what)}`;
}

/** A week: as long as a terminal may be left open without a word. */
const WAIT_SECONDS = 604_800;

const FAILING_OPEN = handlerFor('fail-open');

/** What Claude Code's settings hold of callsheet. */
export const CLAUDE_HOOKS: readonly HookEntry[] = [
  { event: 'PreToolUse', matcher: WRITING_TOOLS, handler: { ...handlerFor(), onFailure: 'block' } },
  { event: 'PreToolUse', matcher: READING_TOOLS, handler: FAILING_OPEN },
  ...[
    ...['PostToolBatch', 'SessionStart', 'UserPromptSubmit', 'Stop', 'SubagentStart', 'SubagentStop'],
    ...['PreCompact', 'PostCompact', 'SessionEnd'],
  ].map((event) => ({ event, handler: FAILING_OPEN })),
  // Runs beside the session, and wakes it when it exits with 2.
  {
    event: 'Stop',
    handler: { type: 'command', command: lineFor('wait'), timeout: WAIT_SECONDS, asyncRewake: true },
  },
];
