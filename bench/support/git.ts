import { spawn } from 'node:child_process';

/** How one call of git ended. */
export interface GitCall {
  code: number;
  stdout: string;
  /** From the start of the process to its end, in milliseconds. */
  ms: number;
}

// What a wrapper or hook has set must not point git at another repository; nobody is asked for anything.
const ENV = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
};

/** Runs git and waits for it. @throws {Error} with what git said, for any exit code that is not in `ok`. */
export function callGit(
  cwd: string,
  args: readonly string[],
  { ok = [0], input = '' } = {},
): Promise<GitCall> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn('git', args, { cwd, env: ENV, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = performance.now() - started;
      if (code !== null && ok.includes(code)) resolve({ code, stdout: Buffer.concat(out).toString(), ms });
      else
        reject(
          new Error(
            `git ${args.join(' ')} in ${cwd} ended with ${code}: ${Buffer.concat(said).toString().trim()}`,
          ),
        );
    });
    child.stdin.on('error', () => {
      // A git that ends without reading its input says so by its exit code.
    });
    child.stdin.end(input);
  });
}

/** What git prints, without the line end. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  return (await callGit(cwd, args)).stdout.trimEnd();
}
