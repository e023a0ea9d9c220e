import { isAbsolute, join } from 'node:path';
import { defined } from '../store/index.js';
import type { HookInput } from './input.js';

const EVENTS: Readonly<Record<string, string>> = {
  BeforeTool: 'PreToolUse',
  AfterTool: 'PostToolUse',
  BeforeAgent: 'UserPromptSubmit',
  AfterAgent: 'Stop',
};

/** What Gemini CLI says to a hook, in the words of Claude Code. */
export function fromGemini(input: HookInput): HookInput {
  const event = input.text('hook_event_name') ?? '';
  const common = input.with({ hook_event_name: EVENTS[event] ?? event });
  return event === 'BeforeTool' || event === 'AfterTool' ? withTool(common) : common;
}

/** Its calls have no id, and may run beside each other, but for those that write. */
function withTool(input: HookInput): HookInput {
  const tool = input.text('tool_name') ?? '';
  const given = input.object('tool_input');
  const call = { tool_use_id: `${tool}:${nameOf(JSON.stringify(given.value))}`, is_one_of_many: true };
  switch (tool) {
    case 'read_file':
      return input.with({ ...call, tool_name: 'Read', tool_input: readInput(given) });
    case 'write_file':
      return input.with({ ...call, tool_name: 'Write' });
    case 'replace': {
      const all = { replace_all: given.flag('allow_multiple') };
      return input.with({ ...call, tool_name: 'Edit', tool_input: given.with(all).value });
    }
    case 'run_shell_command':
      return input.with({ ...call, tool_name: 'Bash', cwd: folderOf(input, given) });
    default:
      return input.with(call);
  }
}

function readInput(given: HookInput): Record<string, unknown> {
  const [first, last] = [given.number('start_line'), given.number('end_line')];
  const limit = last === undefined ? undefined : last - (first ?? 1) + 1;
  return defined({ file_path: given.text('file_path'), offset: first, limit });
}

function folderOf(input: HookInput, given: HookInput): string {
  const [cwd, folder] = [input.text('cwd') ?? '/', given.text('dir_path') ?? ''];
  return isAbsolute(folder) ? folder : join(cwd, folder);
}

/** A short name for a text: 53 bits that two calls of a session share by no accident, without loading a library for it. */
function nameOf(text: string): string {
  let [one, other] = [0x811c9dc5, 0x01000193];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x9e3779b1);
    other = Math.imul(other ^ code, 0x5f356495);
  }
  return (one >>> 0).toString(16) + (other >>> 0).toString(16);
}
