import { join } from 'node:path';

/** The hooks of a session that are asked for here: two of them for each tool call. */
export type Hook = 'SessionStart' | 'PreToolUse(Read)' | 'PreToolUse(Edit)' | 'PostToolBatch';

let calls = 0;

/** What a client writes to a hook, with the keys in its order. An edit asks for `two` in place of `one`. */
export function wordsOf(
  hook: Hook,
  { root, session, file }: { root: string; session: string; file: string },
): string {
  const [event = '', tool = ''] = hook.split(/[()]/);
  const path = join(root, file);
  const input =
    tool === 'Edit' ? { file_path: path, old_string: 'one', new_string: 'two' } : { file_path: path };
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
