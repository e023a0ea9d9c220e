import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { CallsheetError, assert, messageOf } from '../error/index.js';
import type { ProcessIdentity } from './identity.js';
import { identityFrom } from './identity.js';
import { entryOf } from './table.js';

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartOptions {
  file: string;
  args: string[];
  cwd: string;
  /** The whole environment: nothing of ours is inherited. */
  env: Record<string, string>;
  /** `closed` (the default) gives an empty input; `open` leaves it to {@link StartedProcess.write}. */
  stdin?: 'closed' | 'open';
  onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

export interface StartedProcess {
  readonly identity: ProcessIdentity;
  /** Resolves when the process itself has ended; its output may still be held open by what it started. */
  readonly ended: Promise<ProcessExit>;
  /** Resolves when it has ended and its output was read to the end or given up. */
  readonly closed: Promise<void>;
  /** Writes to its input. False when the process no longer reads it: that is its right, and no error. */
  write(text: string): Promise<boolean>;
  closeInput(): void;
  /** Stops waiting for output that a process out of our reach holds open. */
  abandonOutput(): void;
}

/**
 * Starts a process in a session and group of its own, so that {@link endTree} reaches all of it.
 * node:child_process, not execa: execa's time-out, cancel and kill reach the direct child only.
 * @throws {CallsheetError} `PROCESS_START_FAILED` when the file or the folder is missing or may not be used.
 */
export async function startProcess(options: StartOptions): Promise<StartedProcess> {
  const { file, cwd, stdin = 'closed', onOutput } = options;
  await assertFolder(file, cwd);
  const child = spawnChecked(options, stdin === 'open' ? 'pipe' : 'ignore');
  const ended = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // Read now: while the child has not been collected its pid cannot become another process.
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  child.stdin?.on('error', ignoreBrokenPipe);
  child.stdout?.on('data', (chunk: Buffer) => onOutput(chunk, 'stdout'));
  child.stderr?.on('data', (chunk: Buffer) => onOutput(chunk, 'stderr'));
  await started(child, file);
  assert(identity !== undefined, `${file} started without a pid`);
  return {
    identity,
    ended,
    closed,
    write: (text) => write(child, text),
    closeInput: () => child.stdin?.end(),
    abandonOutput: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}

function spawnChecked({ file, args, cwd, env }: StartOptions, stdin: 'pipe' | 'ignore'): ChildProcess {
  try {
    return spawn(file, args, { cwd, env, detached: true, stdio: [stdin, 'pipe', 'pipe'] });
  } catch (cause) {
    // Thrown, not emitted: NUL in an argument or variable, or more of them than the system takes.
    throw startFailed(file, messageOf(cause), cause);
  }
}

function identify(pid: number): ProcessIdentity {
  const entry = entryOf(pid);
  return entry === undefined ? { pid, startedAt: 'unknown' } : identityFrom(entry);
}

// spawn reports a missing folder as a missing program.
async function assertFolder(file: string, cwd: string): Promise<void> {
  const folder = await stat(cwd).catch((cause: unknown) => {
    throw startFailed(file, `its folder ${cwd} cannot be entered (${messageOf(cause)})`, cause);
  });
  if (!folder.isDirectory()) throw startFailed(file, `${cwd} is no folder`);
}

function started(child: ChildProcess, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(startFailed(file, messageOf(cause), cause)));
  });
}

function startFailed(file: string, why: string, cause?: unknown): CallsheetError {
  return new CallsheetError('PROCESS_START_FAILED', `${file} was not started: ${why}.`, { cause });
}

// EPIPE and its kin: a program may end, or close its input, without reading all of it.
function ignoreBrokenPipe(): void {
  return;
}

function write(child: ChildProcess, text: string): Promise<boolean> {
  const { stdin } = child;
  if (stdin === null || !stdin.writable) return Promise.resolve(false);
  return new Promise((resolve) =>
    stdin.write(text, (error) => resolve(error === null || error === undefined)),
  );
}
