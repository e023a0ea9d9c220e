import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CLAUDE_HOOKS } from '../../src/client/claude.js';
import type { ScriptedModel } from '../../test/clients/model.js';
import versions from '../../test/clients/versions.json' with { type: 'json' };
import type { Place } from '../hooks/place.js';

/**
 * Who answers the hooks: nobody (a hook that does nothing), the script and its server, the server itself over HTTP, or
 * that with a command hook beside it on each step that does nothing: what is left of the script where HTTP takes its place.
 */
export const WAYS = ['true', 'command', 'http', 'beside'] as const;
export type Way = (typeof WAYS)[number];

const CACHE = process.env['CALLSHEET_CLIENTS'] ?? join(homedir(), '.cache/callsheet-clients');
const LIMIT_MS = 120_000;

/** @throws {Error} where Claude Code is not installed. */
export function clientProgram(): string {
  const program = join(CACHE, `claude-${versions.claude.version}`, 'program');
  if (!existsSync(program)) throw new Error(`${program} is not there. Run: npm run clients:install`);
  return program;
}

/** Runs one session of the real client, which plays a script of the model. @throws {Error} when it does not end well. */
export async function runSession(
  way: Way,
  script: string,
  { place, home, model }: { place: Place; home: string; model: ScriptedModel },
): Promise<void> {
  await mkdir(home, { recursive: true });
  const settings = join(home, `settings-${way}.json`);
  await writeFile(settings, JSON.stringify({ hooks: await hooksOf(way, place) }));
  const args = [
    ...['-p', `[[script:${script}]]`, '--settings', settings],
    ...['--permission-mode', 'acceptEdits', '--output-format', 'stream-json', '--verbose'],
  ];
  const child = spawn(clientProgram(), args, {
    cwd: place.root,
    env: environment(home, model),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`Claude Code ended with ${code}: ${said.trim()}`);
}

/** The events of each tool call. */
const STEPS: ReadonlySet<string> = new Set(['PreToolUse', 'PostToolBatch']);

/** The events that init writes, answered in one way. */
async function hooksOf(way: Way, place: Place): Promise<Record<string, unknown[]>> {
  const [port = '', secret = ''] = (await readFile(join(place.sheetFolder, 'server'), 'utf8')).split('\n');
  const http = {
    type: 'http',
    url: `http://127.0.0.1:${port}/hook/claude`,
    headers: { Authorization: `Bearer ${secret}` },
    timeout: 10,
  };
  const hooks: Record<string, unknown[]> = {};
  for (const { event, matcher, handler } of CLAUDE_HOOKS) {
    const nothing = { ...handler, command: 'true' };
    const own = {
      true: [nothing],
      command: [handler],
      // The client asks no server at its start, where the session is registered.
      http: [event === 'SessionStart' ? handler : http],
      beside: STEPS.has(event) ? [http, nothing] : [handler],
    };
    (hooks[event] ??= []).push({ ...(matcher === undefined ? {} : { matcher }), hooks: own[way] });
  }
  return hooks;
}

function environment(home: string, model: ScriptedModel): NodeJS.ProcessEnv {
  return {
    ...{ PATH: process.env['PATH'], HOME: home, TMPDIR: home, TERM: 'xterm-256color' },
    ...{ ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'sk-ant-scripted' },
    ...{ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', CLAUDE_CODE_MAX_RETRIES: '0' },
    ...{ DISABLE_AUTOUPDATER: '1', CALLSHEET_NO_SERVER: '1' },
  };
}
