import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endTree, identityOf } from '../../src/process/index.js';

export interface Terminal extends AsyncDisposable {
  /** The program in it. */
  pid: number;
  /** Types text and Enter. */
  submit(text: string): Promise<void>;
  /** Presses a key, by its name in tmux: `Escape`, `Enter`, `C-c`. */
  press(key: string): Promise<void>;
  /** Gives a command to the server of tmux. */
  tmux(...args: string[]): Promise<string>;
  /** What it shows, without colours. */
  screen(): Promise<string>;
  /** Resolves with the screen once it fits. @throws After 20 s, with what was shown. */
  shows(wanted: RegExp): Promise<string>;
}

const POLL_MS = 50;
const GIVE_UP_MS = 60_000;

/** Runs a program in a terminal of its own (tmux, with a server of its own). Disposing of it ends all of that. */
export function openTerminal(
  command: readonly string[],
  place: { cwd: string; env: Record<string, string> },
): Terminal {
  const marker = `TEST_CLIENT=${randomUUID()}`;
  const socket = join(tmpdir(), `callsheet-terminal-${randomUUID().slice(0, 8)}`);
  const env = { ...place.env, TEST_CLIENT: marker.slice('TEST_CLIENT='.length) };
  const size = ['-x', '120', '-y', '50'];
  // The server hands its own environment to what runs in it, and keeps a dead program's last screen for a look.
  const start = ['-S', socket, '-f', '/dev/null', 'set-option', '-g', 'remain-on-exit', 'on', ';'];
  execFileSync('tmux', [...start, 'new-session', '-d', ...size, '-c', place.cwd, '--', ...command], { env });
  const tmux = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('tmux', ['-S', socket, ...args], { env })).stdout;
  const ask = (format: string): number =>
    Number(execFileSync('tmux', ['-S', socket, 'display-message', '-p', format], { env, encoding: 'utf8' }));
  const pid = ask('#{pane_pid}');
  const server = ask('#{pid}');
  const roots = [pid, server].map((each) => identityOf(each) ?? { pid: each, startedAt: '' });
  const screen = (): Promise<string> => tmux('capture-pane', '-p', '-S', '-200');
  return {
    ...{ pid, screen, tmux },
    submit: async (text) => {
      await tmux('send-keys', '-l', '--', text);
      await tmux('send-keys', 'Enter');
    },
    press: async (key) => void (await tmux('send-keys', key)),
    shows: async (wanted) => {
      const until = performance.now() + GIVE_UP_MS;
      for (;;) {
        const shown = await screen();
        if (wanted.test(shown)) return shown;
        if (performance.now() > until) throw new Error(`The terminal did not show ${wanted}, but:\n${shown}`);
        await pause(POLL_MS);
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const root of roots) await endTree(root, { graceMs: 0, marker });
      rmSync(socket, { force: true });
    },
  };
}
