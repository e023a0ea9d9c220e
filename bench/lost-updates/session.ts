import { answerHook, type HookPlace } from '../../src/hook/index.js';

/** What a hook had the client do, and had its agent read. */
export interface Heard {
  isRefused: boolean;
  text: string;
}

const NOTHING: Heard = { isRefused: false, text: '' };

/** A session of a client: it calls the hooks that it was set up with, or none. */
export class Session {
  /** Everything that its agent was told. */
  readonly heard: string[] = [];
  private calls = 0;

  /** @param place Absent: nothing is set up. */
  constructor(
    private readonly place: HookPlace | undefined,
    private readonly cwd: string,
    private readonly id: string,
  ) {}

  start(): Promise<Heard> {
    return this.hook('SessionStart', { source: 'startup' });
  }

  /** The end of a turn, and the next prompt. */
  async nextTurn(): Promise<Heard[]> {
    const ended = await this.hook('Stop', { stop_hook_active: false });
    if (ended.isRefused) await this.hook('Stop', { stop_hook_active: true });
    return [ended, await this.hook('UserPromptSubmit', { prompt: 'Go on.' })];
  }

  ask(tool: string, input: Record<string, string>): Promise<Heard> {
    const call = { tool_name: tool, tool_input: input, tool_use_id: `call-${(this.calls += 1)}` };
    return this.hook('PreToolUse', call);
  }

  afterTools(): Promise<Heard> {
    return this.hook('PostToolBatch', { tool_calls: [] });
  }

  private async hook(event: string, more: Record<string, unknown>): Promise<Heard> {
    if (this.place === undefined) return NOTHING;
    const body = { session_id: this.id, cwd: this.cwd, hook_event_name: event, ...more };
    const { stdout, stderr, exit } = await answerHook(this.place, 'claude', JSON.stringify(body));
    const heard = exit === 2 ? { isRefused: true, text: stderr } : inWords(stdout);
    if (heard.text !== '') this.heard.push(heard.text);
    return heard;
  }
}

function inWords(stdout: string): Heard {
  if (stdout === '') return NOTHING;
  const { hookSpecificOutput: output = {}, reason = '' } = JSON.parse(stdout) as {
    hookSpecificOutput?: Record<string, string>;
    reason?: string;
  };
  const denied = output['permissionDecision'] === 'deny' ? output['permissionDecisionReason'] : reason;
  if (denied !== undefined && denied !== '') return { isRefused: true, text: denied };
  return { isRefused: false, text: output['additionalContext'] ?? '' };
}
