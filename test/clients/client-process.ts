import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { endTree, identityOf } from '../../src/process/index.js';
import { removeFolder } from '../support/remove-folder.js';

/** What a client needs from this machine; nothing of the session that runs the tests reaches it. */
export function clientEnvironment(home: string, extra: Record<string, string>): Record<string, string> {
  const temporary = join(home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const kept = ['PATH', 'LANG', 'LC_ALL'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const identity = { NAME: 'Ada', EMAIL: 'ada@example.org' };
  return {
    ...Object.fromEntries(kept),
    ...{ HOME: home, XDG_CONFIG_HOME: join(home, '.config'), TMPDIR: temporary, TERM: 'xterm-256color' },
    ...{ GIT_AUTHOR_NAME: identity.NAME, GIT_AUTHOR_EMAIL: identity.EMAIL },
    ...{ GIT_COMMITTER_NAME: identity.NAME, GIT_COMMITTER_EMAIL: identity.EMAIL },
    ...extra,
  };
}

export interface ClientEnd {
  code: number | null;
  stderr: string;
}

export interface ClientProcess<Message> extends AsyncDisposable {
  pid: number;
  /** What it printed so far, one JSON value a line. */
  messages: readonly Message[];
  ended: Promise<ClientEnd>;
  write(value: unknown): void;
  /** Ends its input; a client that reads its prompts there ends after the turn under way. */
  close(): void;
  /** Resolves with the first message that fits, which may have been printed before. */
  printed(fits: (message: Message) => boolean): Promise<Message>;
}

/** Starts a client that prints JSON lines. Disposing of it ends it and all that it started. */
export function startClient<Message>(
  program: string,
  args: readonly string[],
  place: { cwd: string; env: Record<string, string> },
): ClientProcess<Message> {
  const marker = `TEST_CLIENT=${randomUUID()}`;
  const env = { ...place.env, TEST_CLIENT: marker.slice('TEST_CLIENT='.length) };
  const child = spawn(program, args, { cwd: place.cwd, env, detached: true });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  const root = identityOf(pid) ?? { pid, startedAt: '' };
  const messages: Message[] = [];
  const watchers = new Set<() => void>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    messages.push(...lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Message));
    for (const look of watchers) look();
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A client that has ended by itself no longer reads.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<ClientEnd>((resolve) => child.on('close', (code) => resolve({ code, stderr })));
  return {
    ...{ pid, messages, ended },
    write: (value) => void child.stdin.write(`${JSON.stringify(value)}\n`),
    close: () => void child.stdin.end(),
    printed: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = messages.find(fits);
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
        void ended.then(({ stderr: said }) =>
          reject(new Error(`The client ended without printing it. ${said}`)),
        );
      }),
    [Symbol.asyncDispose]: async () => {
      await endTree(root, { graceMs: 0, marker });
      await ended;
    },
  };
}

/** A promise that a test may leave alone: its failure is thrown only where somebody waits for it. */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/**
 * Ends sessions and removes their home, once: when it is disposed of, or after a test that ran out of time and disposes of nothing.
 * Only within a test.
 */
export function endWithTest(home: string, sessions: readonly AsyncDisposable[]): () => Promise<void> {
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    for (const session of sessions) await session[Symbol.asyncDispose]();
    removeFolder(home);
  };
  const endOnce = (): Promise<void> => (ended ??= end());
  onTestFinished(endOnce);
  return endOnce;
}
