import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface TerminalProgram {
  file: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Gives a program this process's terminal, until it ends. An interruption from the keyboard is the program's alone; what
 * is meant to end this process ends the program.
 * @returns How it exited: its code, or 128 and the number of its signal, as a shell says it.
 */
export async function runInTerminal({ file, args, cwd, env }: TerminalProgram): Promise<number> {
  const child = spawn(file, args, { cwd, env, stdio: 'inherit' });
  const restore = [
    instead('SIGINT', () => undefined),
    ...(['SIGTERM', 'SIGHUP'] as const).map((signal) => instead(signal, () => void child.kill(signal))),
  ];
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    for (const back of restore) back();
  }
}

/** Puts one listener in the place of all others. @returns Puts them back. */
function instead(signal: NodeJS.Signals, listener: () => void): () => void {
  const others = process.listeners(signal);
  process.removeAllListeners(signal);
  process.on(signal, listener);
  return () => {
    process.removeAllListeners(signal);
    for (const other of others) process.on(signal, other);
  };
}
