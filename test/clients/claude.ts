import { existsSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import {
  clientEnvironment,
  endWithTest,
  handled,
  startClient,
  type ClientProcess,
} from './client-process.js';
import { programOf } from './installed.js';
import type { ScriptedModel } from './model.js';
import { openTerminal, type Terminal } from './terminal.js';
import versions from './versions.json' with { type: 'json' };

/** A message of Claude Code's `stream-json`. */
export interface ClaudeMessage {
  type: string;
  subtype?: string;
  session_id?: string;
  [field: string]: unknown;
}

export interface ClaudeWishes {
  /** Contents of a settings file for this session alone. */
  settings?: Record<string, unknown>;
  /** Contents of a file of MCP servers. */
  mcp?: Record<string, unknown>;
  /** Default `acceptEdits`. */
  permissionMode?: string;
  /** Default `Bash`. */
  allowedTools?: readonly string[];
  env?: Record<string, string>;
  /** Default: the repository. */
  cwd?: string;
  /** More arguments, such as `--resume ID`. */
  args?: readonly string[];
  /** In a terminal: a command that starts the client, found on its PATH as `claude`, with what stands behind `--`. */
  startedBy?: readonly string[];
}

export interface ClaudeSession extends ClientProcess<ClaudeMessage> {
  /** Resolves with all messages when it has ended well. @throws When it exited otherwise. */
  finished: Promise<readonly ClaudeMessage[]>;
}

/** A session that reads its prompts from its input, as long as that is not closed. */
export interface ClaudeConversation extends ClaudeSession {
  say(text: string): void;
  /** Ends what is under way, as Escape does in a terminal. */
  interrupt(): void;
}

/** Somebody who uses Claude Code in a repository, with a home of their own that all their sessions share. */
export interface GivenClaude extends AsyncDisposable {
  home: string;
  /** `claude -p`. */
  run(prompt: string, wishes?: ClaudeWishes): ClaudeSession;
  /** `claude -p --input-format stream-json`. */
  converse(wishes?: ClaudeWishes): ClaudeConversation;
  /** `claude` in a terminal; resolves when it takes input. */
  open(wishes?: ClaudeWishes): Promise<Terminal>;
}

const KEY = 'sk-ant-scripted';
/** Shown in the terminal as soon as a prompt can be typed. */
const READY = /❯/;

/** Needs no network but the model's. Disposing of it, or the end of the test, ends every session and removes the home. */
export function givenClaude(place: { root: string; model: ScriptedModel }): GivenClaude {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-claude-')));
  seedHome(home, [place.root]);
  const started: AsyncDisposable[] = [];
  const keep = <Kept extends AsyncDisposable>(session: Kept): Kept => {
    started.push(session);
    return session;
  };
  const at = (wishes: ClaudeWishes) => ({
    cwd: wishes.cwd ?? place.root,
    env: environment(home, place.model, wishes.env ?? {}),
  });
  const streamed = ['--output-format', 'stream-json', '--verbose'];
  const start = (args: string[], wishes: ClaudeWishes): ClaudeSession => {
    const all = [...args, ...streamed, ...commonArguments(home, wishes)];
    const session = keep(startClient<ClaudeMessage>(programOf('claude'), all, at(wishes)));
    return { ...session, finished: handled(finish(session)) };
  };
  return {
    home,
    run: (prompt, wishes = {}) => {
      const session = start(['-p', prompt], wishes);
      session.close();
      return session;
    },
    converse: (wishes = {}) => {
      const session = start(['-p', '--input-format', 'stream-json'], wishes);
      return {
        ...session,
        say: (text) => session.write({ type: 'user', message: { role: 'user', content: text } }),
        interrupt: () =>
          session.write({
            type: 'control_request',
            request_id: randomUUID(),
            request: { subtype: 'interrupt' },
          }),
      };
    },
    open: async (wishes = {}) => {
      const { cwd, env } = at(wishes);
      seedHome(home, [place.root, cwd]);
      const starter = wishes.startedBy === undefined ? [programOf('claude')] : [...wishes.startedBy, '--'];
      const path = [binFolder(home), env['PATH'] ?? ''].join(delimiter);
      const terminal = keep(
        openTerminal([...starter, ...commonArguments(home, wishes)], { cwd, env: { ...env, PATH: path } }),
      );
      await terminal.shows(READY);
      return terminal;
    },
    [Symbol.asyncDispose]: endWithTest(home, started),
  };
}

/** A folder with `claude` in it. */
function binFolder(home: string): string {
  const folder = join(home, 'bin');
  mkdirSync(folder, { recursive: true });
  const link = join(folder, 'claude');
  if (!existsSync(link)) symlinkSync(programOf('claude'), link);
  return folder;
}

async function finish(session: ClientProcess<ClaudeMessage>): Promise<readonly ClaudeMessage[]> {
  const { code, stderr } = await session.ended;
  if (code === 0) return session.messages;
  const last = JSON.stringify(session.messages.at(-1) ?? null);
  throw new Error(`Claude Code ended with ${code}: ${stderr || last}`);
}

function commonArguments(home: string, wishes: ClaudeWishes): string[] {
  const file = (name: string, content: Record<string, unknown>): string => {
    const path = join(home, `${name}-${randomUUID()}.json`);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  return [
    ...['--permission-mode', wishes.permissionMode ?? 'acceptEdits'],
    ...['--allowedTools', (wishes.allowedTools ?? ['Bash']).join(',')],
    ...(wishes.settings === undefined ? [] : ['--settings', file('settings', wishes.settings)]),
    ...(wishes.mcp === undefined ? [] : ['--mcp-config', file('mcp', wishes.mcp), '--strict-mcp-config']),
    ...(wishes.args ?? []),
  ];
}

function environment(
  home: string,
  model: ScriptedModel,
  extra: Record<string, string>,
): Record<string, string> {
  return clientEnvironment(home, {
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: KEY,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '0',
    CLAUDE_CODE_TMPDIR: join(home, 'tmp'),
    DISABLE_AUTOUPDATER: '1',
    ...extra,
  });
}

/** With these answers it asks nothing at its start, not for the server of `callsheet init` either, and needs no network for them. */
function seedHome(home: string, folders: readonly string[]): void {
  const trusted = {
    ...{ hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true },
    ...{ allowedTools: [], projectOnboardingSeenCount: 3, enabledMcpjsonServers: ['callsheet'] },
  };
  mkdirSync(join(home, '.config'), { recursive: true });
  const answers = {
    ...{ hasCompletedOnboarding: true, lastOnboardingVersion: versions.claude.version, theme: 'dark' },
    ...{ numStartups: 5, autoUpdates: false },
    // The client remembers a key by its last twenty characters.
    customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
    projects: Object.fromEntries(folders.map((folder) => [folder, trusted])),
  };
  writeFileSync(join(home, '.claude.json'), JSON.stringify(answers));
}
