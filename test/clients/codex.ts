import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  clientEnvironment,
  endWithTest,
  handled,
  startClient,
  type ClientProcess,
} from './client-process.js';
import { programOf } from './installed.js';
import type { ScriptedModel } from './model.js';

/** A line of `codex exec --json`. */
export interface CodexMessage {
  type: string;
  thread_id?: string;
  [field: string]: unknown;
}

export interface CodexWishes {
  /** Contents of the user's `hooks.json`, which is trusted without being asked. */
  hooks?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Default: the repository. */
  cwd?: string;
  /** Goes on with this thread. */
  resume?: string;
  /** More arguments of `codex exec`, such as `-c KEY=VALUE`. */
  args?: readonly string[];
}

/** Somebody who uses Codex in a repository, with a home of their own that all their sessions share. */
export interface GivenCodex extends AsyncDisposable {
  home: string;
  /** What it is started with. */
  env: Record<string, string>;
  /** `codex exec --json`. */
  run(prompt: string, wishes?: CodexWishes): CodexSession;
}

export interface CodexSession extends ClientProcess<CodexMessage> {
  /** Resolves with all messages when it has ended well. @throws When it exited otherwise. */
  finished: Promise<readonly CodexMessage[]>;
}

/** Needs no network but the model's. Disposing of it, or the end of the test, ends every session and removes the home. */
export function givenCodex(place: { root: string; model: ScriptedModel }): GivenCodex {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-codex-')));
  const settings = join(home, '.codex');
  mkdirSync(settings);
  writeFileSync(join(settings, 'config.toml'), configuration(place.root, place.model));
  const started: AsyncDisposable[] = [];
  const env = clientEnvironment(home, { CODEX_HOME: settings, MODEL_KEY: 'scripted' });
  return {
    ...{ home, env },
    run: (prompt, wishes = {}) => {
      if (wishes.hooks !== undefined)
        writeFileSync(join(settings, 'hooks.json'), JSON.stringify(wishes.hooks));
      const resumed = wishes.resume === undefined ? [] : ['resume', wishes.resume];
      const args = [
        'exec',
        '--dangerously-bypass-hook-trust',
        '--json',
        ...(wishes.args ?? []),
        ...resumed,
        prompt,
      ];
      const session = startClient<CodexMessage>(programOf('codex'), args, {
        cwd: wishes.cwd ?? place.root,
        env: { ...env, ...wishes.env },
      });
      session.close();
      started.push(session);
      return { ...session, finished: handled(finish(session)) };
    },
    [Symbol.asyncDispose]: endWithTest(home, started),
  };
}

async function finish(session: ClientProcess<CodexMessage>): Promise<readonly CodexMessage[]> {
  const { code, stderr } = await session.ended;
  if (code === 0) return session.messages;
  throw new Error(`Codex ended with ${code}: ${stderr}`);
}

/** In a terminal it would ask at its first start whether another model shall be used. */
function configuration(root: string, model: ScriptedModel): string {
  return `model = "gpt-5.5"
model_provider = "scripted"
approval_policy = "never"
approvals_reviewer = "user"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.scripted]
name = "scripted"
base_url = "${model.url}/v1"
env_key = "MODEL_KEY"
wire_api = "responses"
[projects.${JSON.stringify(root)}]
trust_level = "trusted"
[notice.model_migrations]
"gpt-5.5" = "gpt-6-sol"
`;
}
