import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  input?: string;
  signal?: AbortSignal;
  onText: (text: string) => void;
}

// A background process may hold the output open. When nothing came for that long after the program's end, what it
// printed itself has arrived.
const QUIET_MS = 250;

/** Runs a program in our process group, so that whoever ends the agent ends it too. Rejects when it cannot start. */
export function runProgram(file: string, args: string[], options: ProgramOptions): Promise<Ended> {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new StringDecoder('utf8');
    stream.on('data', (chunk: Buffer) => options.onText(decoder.write(chunk)));
  }
  // A program need not read what it is given.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const onAbort = () => child.kill();
  options.signal?.addEventListener('abort', onAbort);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      options.signal?.removeEventListener('abort', onAbort);
      const timer = setTimeout(() => resolve({ code, signal }), QUIET_MS);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', () => timer.refresh());
      child.once('close', () => {
        clearTimeout(timer);
        resolve({ code, signal });
      });
    });
  });
}

/** How a program ended, as people say it. */
export function howItEnded({ code, signal }: Ended): string {
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}
