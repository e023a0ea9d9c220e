import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { answerHook, type Client, type HookAnswer } from '../../src/hook/index.js';
import { identityOf, type ProcessIdentity } from '../../src/process/index.js';
import { defined, sql } from '../../src/store/index.js';
import { givenSheet } from '../support/given-sheet.js';

/** What a session was told by one hook. */
export interface Heard {
  /** Why a call was refused, or a turn sent back. */
  refused?: string;
  /** What went along. */
  told?: string;
}

/** A repository with a sheet, in which sessions of a client work: their hooks and files are real, their model is the test. */
export async function givenSessions(files: Record<string, string> = { 'a.txt': TEN_LINES }) {
  const given = await givenSheet(files);
  const { root, sheet } = given;
  const guard = { store: sheet.store, sheetFolder: sheet.folder, commonDir: sheet.commonDir, patienceMs: 0 };
  let number = 0;
  return {
    ...given,
    guard,
    path: (name: string) => join(root, name),
    text: (name: string) => readFileSync(join(root, name), 'utf8'),
    /** What somebody does in an editor. */
    put: (name: string, text: string) => put(join(root, name), text),
    /** Every write of the sheet, oldest first. */
    async writes() {
      const rows = await sheet.store.all(sql`
        select agent.name as agent, path from write left join agent on agent.id = agent_id order by seq`);
      return rows.map((row) => ({ ...row }));
    },
    session: async (options: SessionOptions = {}) => {
      const client = clientOf(options);
      const asker = client && (() => client);
      const session = new Session(
        { guard, ...defined({ client: asker, keep: options.keep }) },
        options.client ?? 'claude',
        options.cwd ?? root,
        options.id ?? `session-${(number += 1)}`,
      );
      const greeting = await session.event('SessionStart', { source: options.source ?? 'startup' });
      return Object.assign(session, { greeting: greeting.told ?? '' });
    },
  };
}

interface SessionOptions {
  client?: Client;
  cwd?: string;
  id?: string;
  source?: string;
  /** The client's process. */
  pid?: number;
  /** The environment of a client that is started for it. */
  env?: Record<string, string>;
  /** Takes a snapshot, as the server does. */
  keep?: (folder: string) => Promise<void>;
}

function clientOf({ pid, env }: SessionOptions): ProcessIdentity | undefined {
  if (pid !== undefined) return identityOf(pid);
  if (env === undefined) return undefined;
  const child = spawn('sleep', ['600'], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return identityOf(child.pid ?? 0);
}

export const TEN_LINES = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n';

export function put(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

interface Call {
  tool_name: string;
  tool_input: Record<string, unknown>;
  tool_use_id: string;
}

/** A session of a client, as its hooks show it: each call asks before, does what the tool would, and tells afterwards. */
export class Session {
  private calls = 0;
  private readonly refused = new Set<string>();
  private subagentId: string | undefined;
  /** A client that has gone does not get its answers any more. */
  hears = true;

  constructor(
    private readonly place: Parameters<typeof answerHook>[0],
    readonly client: Client,
    readonly cwd: string,
    readonly id: string,
  ) {}

  /** A subagent of this session. */
  async subagent(id: string): Promise<Session> {
    const sub = new Session(this.place, this.client, this.cwd, this.id);
    sub.subagentId = id;
    await sub.event('SubagentStart', { agent_type: 'general-purpose' });
    return sub;
  }

  async event(name: string, more: Record<string, unknown> = {}): Promise<Heard> {
    const ofSubagent =
      this.subagentId === undefined ? {} : { agent_id: this.subagentId, agent_type: 'general-purpose' };
    const body = { session_id: this.id, cwd: this.cwd, ...ofSubagent, hook_event_name: name, ...more };
    const answer = await answerHook(this.place, this.client, JSON.stringify(body));
    if (this.hears) await answer.sent?.();
    return this.hears ? heard(answer) : {};
  }

  /** Asks for a call and does nothing yet. */
  async ask(tool: string, input: Record<string, unknown>): Promise<Heard & { call: Call }> {
    const call = { tool_name: tool, tool_input: input, tool_use_id: `call-${(this.calls += 1)}` };
    const answer = await this.event('PreToolUse', { ...call });
    if (answer.refused !== undefined) this.refused.add(call.tool_use_id);
    return { ...answer, call };
  }

  /** What the tools of a step have done is told. */
  async afterBatch(...calls: Call[]): Promise<Heard> {
    const tool_calls = calls.map((call) => ({ ...call, tool_response: this.responseTo(call) }));
    return this.event('PostToolBatch', { tool_calls });
  }

  /** What Claude Code says to its model of a call. */
  private responseTo({ tool_name: tool, tool_input: input, tool_use_id: id }: Call): string {
    if (this.refused.has(id)) return `PreToolUse:${tool} hook error: no`;
    const path = String(input['file_path'] ?? input['notebook_path']);
    if (tool === 'Read') {
      const { offset = 1, limit = 2_000 } = input as { offset?: number; limit?: number };
      const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
      const shown = lines.slice(offset - 1, offset - 1 + limit);
      return shown.map((line, at) => `${offset + at}\t${line}`).join('\n');
    }
    if (tool === 'Write') return `File created successfully at: ${path}`;
    return tool === 'Bash' ? '' : `The file ${path} has been updated successfully.`;
  }

  async use(tool: string, input: Record<string, unknown>, perform: () => void): Promise<Heard> {
    const { call, ...before } = await this.ask(tool, input);
    if (before.refused === undefined) perform();
    const after = await this.afterBatch(call);
    const told = [before.told, after.told].filter((each) => each !== undefined);
    return { ...before, ...(told.length === 0 ? {} : { told: told.join('\n\n') }) };
  }

  read(name: string, range: { offset?: number; limit?: number } = {}): Promise<Heard> {
    return this.use('Read', { file_path: join(this.cwd, name), ...range }, () => undefined);
  }

  write(name: string, content: string): Promise<Heard> {
    const file_path = join(this.cwd, name);
    return this.use('Write', { file_path, content }, () => put(file_path, content));
  }

  edit(name: string, old: string, replacement: string, everywhere = false): Promise<Heard> {
    const file_path = join(this.cwd, name);
    const input = { file_path, old_string: old, new_string: replacement, replace_all: everywhere };
    return this.use('Edit', input, () => applyEdit(file_path, old, replacement, everywhere));
  }

  bash(command: string): Promise<Heard> {
    return this.use('Bash', { command }, () => void spawnSync('sh', ['-c', command], { cwd: this.cwd }));
  }

  stop(again = false): Promise<Heard> {
    return this.event('Stop', { stop_hook_active: again });
  }

  prompt(text: string): Promise<Heard> {
    return this.event('UserPromptSubmit', { prompt: text });
  }

  remove(name: string): void {
    rmSync(join(this.cwd, name));
  }
}

/** What the Edit tool does: the text must stand there, and once unless it is replaced everywhere. */
export function applyEdit(path: string, old: string, replacement: string, everywhere = false): void {
  const text = readFileSync(path, 'utf8');
  const parts = text.split(old);
  if (parts.length < 2 || (parts.length > 2 && !everywhere)) return;
  writeFileSync(path, parts.join(replacement));
}

function heard({ stdout, exit, stderr }: HookAnswer): Heard {
  if (exit === 2) return { refused: stderr };
  if (stdout === '') return {};
  // What a client is asked before it shortens a session's memory is no JSON.
  if (!stdout.startsWith('{')) return { told: stdout };
  const { hookSpecificOutput: output = {}, ...rest } = JSON.parse(stdout) as {
    hookSpecificOutput?: Record<string, string>;
    decision?: string;
    reason?: string;
  };
  const refused = output['permissionDecision'] === 'deny' ? output['permissionDecisionReason'] : rest.reason;
  const told = output['additionalContext'];
  return { ...(refused === undefined ? {} : { refused }), ...(told === undefined ? {} : { told }) };
}
