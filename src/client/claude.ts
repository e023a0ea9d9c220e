import type { HookEntry } from './hook-entry.js';

/** Tools that write: only these may be blocked by a hook that failed. */
const WRITING_TOOLS = 'Edit|Write|MultiEdit|NotebookEdit';
const READING_TOOLS = 'Read|Bash';
const TIMEOUT_SECONDS = 10;

// The quick way first: asking git takes longer than the hook itself. Without the script nothing happens, so that the
// line locks nobody out where callsheet is not installed.
const LINE =
  'd="${CLAUDE_PROJECT_DIR:-.}"; h="$d/.git/callsheet/hook"; [ -x "$h" ] || h="$(git -C "$d" rev-parse --path-format=absolute --git-common-dir 2>/dev/null)/callsheet/hook"; [ -x "$h" ] || exit 0; exec "$h" claude';

/** A week: as long as a terminal may be left open without a word. */
const WAIT_SECONDS = 604_800;

const HANDLER = { type: 'command', command: LINE, timeout: TIMEOUT_SECONDS };

/** What Claude Code's settings hold of callsheet. */
export const CLAUDE_HOOKS: readonly HookEntry[] = [
  { event: 'PreToolUse', matcher: WRITING_TOOLS, handler: { ...HANDLER, onFailure: 'block' } },
  { event: 'PreToolUse', matcher: READING_TOOLS, handler: HANDLER },
  ...[
    ...['PostToolBatch', 'SessionStart', 'UserPromptSubmit', 'Stop', 'SubagentStart', 'SubagentStop'],
    ...['PreCompact', 'PostCompact', 'SessionEnd'],
  ].map((event) => ({ event, handler: HANDLER })),
  // Runs beside the session, and wakes it when it exits with 2.
  {
    event: 'Stop',
    handler: { type: 'command', command: `${LINE} wait`, timeout: WAIT_SECONDS, asyncRewake: true },
  },
];
