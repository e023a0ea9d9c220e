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

/** A line of Gemini CLI's `stream-json`. */
export interface GeminiMessage {
  type: string;
  session_id?: string;
  [field: string]: unknown;
}

export interface GeminiWishes {
  /** Default: the repository. */
  cwd?: string;
  /** More arguments, such as `--resume ID`. */
  args?: readonly string[];
}

export interface GeminiSession extends ClientProcess<GeminiMessage> {
  /** Resolves with all messages when it has ended well. @throws When it exited otherwise. */
  finished: Promise<readonly GeminiMessage[]>;
}

/** Somebody who uses Gemini CLI in a repository, with a home of their own that all their sessions share. */
export interface GivenGemini extends AsyncDisposable {
  home: string;
  /** What it is started with. */
  env: Record<string, string>;
  /** `gemini -p`. */
  run(prompt: string, wishes?: GeminiWishes): GeminiSession;
}

const SETTINGS = {
  security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
  general: { enableAutoUpdate: false },
  privacy: { usageStatisticsEnabled: false },
};

/** Needs no network but the model's. Disposing of it, or the end of the test, ends every session and removes the home. */
export function givenGemini(place: { root: string; model: ScriptedModel }): GivenGemini {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-gemini-')));
  mkdirSync(join(home, '.gemini'));
  writeFileSync(join(home, '.gemini/settings.json'), `${JSON.stringify(SETTINGS, null, 2)}\n`);
  const started: AsyncDisposable[] = [];
  const env = clientEnvironment(home, {
    GEMINI_API_KEY: 'scripted',
    GOOGLE_GEMINI_BASE_URL: place.model.url,
  });
  return {
    ...{ home, env },
    run: (prompt, wishes = {}) => {
      const args = [
        // A named model keeps it from asking one which model to use.
        ...['-m', 'gemini-2.5-pro', '--skip-trust', '--approval-mode', 'yolo', '-o', 'stream-json'],
        ...(wishes.args ?? []),
        ...['-p', prompt],
      ];
      const session = startClient<GeminiMessage>(programOf('gemini'), args, {
        cwd: wishes.cwd ?? place.root,
        env,
      });
      session.close();
      started.push(session);
      return { ...session, finished: handled(finish(session)) };
    },
    [Symbol.asyncDispose]: endWithTest(home, started),
  };
}

async function finish(session: ClientProcess<GeminiMessage>): Promise<readonly GeminiMessage[]> {
  const { code, stderr } = await session.ended;
  if (code === 0) return session.messages;
  throw new Error(`Gemini CLI ended with ${code}: ${stderr}`);
}
