import { spawn } from 'node:child_process';
import { join } from 'node:path';

const COMMAND = join(import.meta.dirname, '../../dist/callsheet.cjs');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Nothing of a session that runs the tests reaches the command under test. */
function plainEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('CALLSHEET_'));
  return { ...Object.fromEntries(own), ...extra };
}

/** Starts the built command; `ended` has what it printed and how it exited. */
export function startCommand(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd, env: plainEnvironment(env) });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of watchers) look();
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
  /** Resolves when the command has printed this. */
  const printed = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!stdout.includes(text) && !stderr.includes(text)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });
  return { child, ended, printed };
}

export function runCallsheet(cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return startCommand(cwd, args, env).ended;
}
