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
import versions from './versions.json' with { type: 'json' };

/** A line of `opencode run --format json`. */
export interface OpencodeMessage {
  type: string;
  sessionID?: string;
  [field: string]: unknown;
}

export interface OpencodeWishes {
  /** Default: the repository. */
  cwd?: string;
  /** More arguments, such as `--session ID`. */
  args?: readonly string[];
}

export interface OpencodeSession extends ClientProcess<OpencodeMessage> {
  /** Resolves with all messages when it has ended well. @throws When it exited otherwise. */
  finished: Promise<readonly OpencodeMessage[]>;
}

/** Somebody who uses opencode in a repository, with a home of their own that all their sessions share. */
export interface GivenOpencode extends AsyncDisposable {
  home: string;
  /** `opencode run`. */
  run(prompt: string, wishes?: OpencodeWishes): OpencodeSession;
}

const OFFLINE = {
  ...{ OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' },
  ...{ OPENCODE_DISABLE_DEFAULT_PLUGINS: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' },
  OPENCODE_EXPERIMENTAL_DISABLE_FILEWATCHER: '1',
};

/** Needs no network but the model's. Disposing of it, or the end of the test, ends every session and removes the home. */
export function givenOpencode(place: { root: string; model: ScriptedModel }): GivenOpencode {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-opencode-')));
  const settings = join(home, '.config/opencode');
  mkdirSync(settings, { recursive: true });
  for (const folder of [settings, join(place.root, '.opencode')]) asInstalled(folder);
  writeFileSync(join(settings, 'opencode.json'), JSON.stringify(configuration(place.model)));
  const started: AsyncDisposable[] = [];
  return {
    home,
    run: (prompt, wishes = {}) => {
      const args = ['run', '--format', 'json', '--title', 'A test', ...(wishes.args ?? []), prompt];
      const session = startClient<OpencodeMessage>(programOf('opencode'), args, {
        cwd: wishes.cwd ?? place.root,
        // Two that make one database at the same time fail.
        env: clientEnvironment(home, { ...OFFLINE, XDG_DATA_HOME: join(home, `data-${started.length}`) }),
      });
      session.close();
      started.push(session);
      return { ...session, finished: handled(finish(session)) };
    },
    [Symbol.asyncDispose]: endWithTest(home, started),
  };
}

/** Wherever it finds settings it installs the types for those who write plugins, unless they are there. */
function asInstalled(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  const packages = { '': { dependencies: { '@opencode-ai/plugin': versions.opencode.version } } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
}

async function finish(session: ClientProcess<OpencodeMessage>): Promise<readonly OpencodeMessage[]> {
  const { code, stderr } = await session.ended;
  if (code === 0) return session.messages;
  throw new Error(`opencode ended with ${code}: ${stderr}`);
}

function configuration({ url }: ScriptedModel): Record<string, unknown> {
  const model = 'scripted/model';
  return {
    provider: {
      scripted: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: `${url}/v1`, apiKey: 'scripted' },
        models: { model: { name: 'model', limit: { context: 100_000, output: 10_000 } } },
      },
    },
    ...{ model, small_model: model, autoupdate: false, share: 'disabled' },
    permission: { edit: 'allow', bash: 'allow' },
    snapshot: false,
  };
}
