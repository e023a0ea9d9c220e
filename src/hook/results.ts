import type { Result } from '../guard/index.js';
import type { HookInput } from './input.js';
import { WRITING_TOOLS } from './tool-names.js';

// How Claude Code begins its answer to a call that it did not make, or that failed.
const FAILED =
  /^(?:\w+:\w+ hook (?:error|stopped)|<tool_use_error>|Error:|Permission to|Claude requested permission|The user doesn't want)/;
const WRITTEN = /^(?:The file|File|Applied|Updated|Inserted|Deleted|Wrote|Created)\b/;

/** What a client says of the calls that have ended, by its ids; nothing of those of which its words do not tell. */
export function resultsIn(calls: readonly HookInput[]): Map<string, Result> {
  const results = new Map<string, Result>();
  for (const call of calls) {
    const id = call.text('tool_use_id');
    const result = resultOf(call);
    if (id !== undefined && result !== undefined) results.set(id, result);
  }
  return results;
}

function resultOf(call: HookInput): Result | undefined {
  const [tool, answer] = [call.text('tool_name') ?? '', call.text('tool_response')];
  if (answer === undefined) return undefined;
  if (FAILED.test(answer)) return 'failed';
  return WRITING_TOOLS.has(tool) && WRITTEN.test(answer) ? 'done' : undefined;
}
