import type { Ended, Result } from '../guard/index.js';
import type { HookInput } from './input.js';
import { WRITING_TOOLS } from './tool-names.js';

// How Claude Code begins its answer to a call that was not made.
const REFUSED =
  /^(?:PreToolUse:|<tool_use_error>|Permission to use|Claude requested permission|The user doesn't want)/;
const WRITTEN = /^(?:The file|File|Applied|Updated|Inserted|Deleted)\b/;
/** What shows a text: its lines, each with its number. */
const NUMBERED = /^\s*\d+[\t→]/;
/** Shorter texts are always shown as they are. */
const SHORTEST_CUT = 10_000;

/** What Claude Code says of the calls of a step; nothing of those of which its words do not tell. */
export function endedCalls(calls: readonly HookInput[]): Ended {
  const told = new Set<string>();
  const results = new Map<string, Result>();
  const shownTo = new Map<string, number>();
  for (const call of calls) {
    const [id, answer] = [call.text('tool_use_id'), call.text('tool_response') ?? ''];
    if (id !== undefined) told.add(id);
    if (id === undefined || answer === '') continue;
    const result = resultOf(call.text('tool_name') ?? '', answer);
    if (result !== undefined) results.set(id, result);
    const last = answer.length < SHORTEST_CUT ? undefined : lastNumber(answer);
    if (last !== undefined && call.text('tool_name') === 'Read' && last < lastAskedFor(call))
      shownTo.set(id, last);
  }
  // A step without a call is none: then the client does not tell.
  return { ...(told.size === 0 ? {} : { told }), results, shownTo };
}

function resultOf(tool: string, answer: string): Result | undefined {
  if (REFUSED.test(answer)) return 'failed';
  // An empty file is shown as a remark of the client's.
  if (tool === 'Read')
    return NUMBERED.test(answer) || answer.startsWith('<system-reminder>') ? 'done' : 'failed';
  return WRITING_TOOLS.has(tool) && WRITTEN.test(answer) ? 'done' : undefined;
}

function lastAskedFor(call: HookInput): number {
  const input = call.object('tool_input');
  return Math.max(1, input.number('offset') ?? 1) - 1 + (input.number('limit') ?? Infinity);
}

function lastNumber(answer: string): number | undefined {
  const lines = answer.split('\n');
  const line = lines.findLast((each) => NUMBERED.test(each));
  return line === undefined ? undefined : Number.parseInt(line, 10);
}
