import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One call of a hook. */
export interface HookCall {
  /** What the client wrote to it. */
  input: { hook_event_name: string; session_id: string; tool_name?: string; [field: string]: unknown };
  /** `$PPID` of the script that the inline line became. */
  parent: number;
}

export interface RecordedHooks {
  /** For the settings of Claude Code, or `hooks.json` of Codex. */
  settings: { hooks: Record<string, unknown[]> };
  /** What was called so far, oldest first; of one event, when it is named. */
  calls(event?: string): HookCall[];
}

/**
 * Hooks that write down how they are called. As the guard's own, each is an inline line that becomes a script.
 * @param answers Shell commands by event, run after the call is recorded: what a hook prints, or its exit.
 */
export function recordedHooks(
  folder: string,
  events: readonly string[],
  answers: Record<string, string> = {},
): RecordedHooks {
  const calls = join(folder, 'calls');
  mkdirSync(calls, { recursive: true });
  const settings = { hooks: {} as Record<string, unknown[]> };
  for (const event of events) {
    const script = join(folder, event);
    // The name orders them by time; the rename shows each of them whole.
    const record = [
      ...['#!/usr/bin/env bash', `f='${calls}'/$(date +%s%N)-$$`],
      '{ echo "$PPID"; cat; } > "$f.part" && mv "$f.part" "$f.call"',
    ];
    writeFileSync(script, `${[...record, answers[event] ?? ':'].join('\n')}\n`);
    chmodSync(script, 0o755);
    const line = `h='${script}'; [ -x "$h" ] || exit 0; exec "$h" claude`;
    settings.hooks[event] = [{ hooks: [{ type: 'command', command: line, timeout: 10 }] }];
  }
  return {
    settings,
    calls: (event) =>
      readdirSync(calls)
        .filter((name) => name.endsWith('.call'))
        .sort()
        .map((name) => readCall(join(calls, name)))
        .filter(({ input }) => event === undefined || input.hook_event_name === event),
  };
}

function readCall(file: string): HookCall {
  const [parent = '', ...input] = readFileSync(file, 'utf8').split('\n');
  return { parent: Number(parent), input: JSON.parse(input.join('\n')) as HookCall['input'] };
}
