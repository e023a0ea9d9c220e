import { join } from 'node:path';

/** The hooks that are measured: two of them for each tool call. */
export const HOOKS = ['PreToolUse(Read)', 'PreToolUse(Edit)', 'PostToolBatch'] as const;
export type Hook = (typeof HOOKS)[number] | 'SessionStart';

let calls = 0;

/** What a client writes to a hook, with the keys in its order. */
export function wordsOf(
  hook: Hook,
  { root, session, file }: { root: string; session: string; file: string },
): string {
  const [event = '', tool = ''] = hook.split(/[()]/);
  const path = join(root, file);
  const input =
    tool === 'Edit' ? { file_path: path, old_string: 'one', new_string: 'one' } : { file_path: path };
  return JSON.stringify({
    session_id: session,
    transcript_path: '/dev/null',
    cwd: root,
    hook_event_name: event,
    ...(tool === ''
      ? { tool_calls: [] }
      : { tool_name: tool, tool_input: input, tool_use_id: `call-${(calls += 1)}` }),
  });
}
