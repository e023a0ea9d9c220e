import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

import { CallsheetError, diskFull, errorCode, messageOf } from '../error/index.js';
import { plainText, tailOf } from '../text/index.js';
import { TIMEOUT_MS, watchOver } from './bounds.js';
import { GIT_OPTIONS, gitEnvironment } from './environment.js';
import { isForWantOfSpace } from './disk-full.js';
import { collect, type Collected } from './collect.js';

export const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
export const MAX_STDERR_BYTES = 256 * 1024;

export interface GitOptions {
  /** What git reads on standard input; without it there is none. */
  input?: string | Buffer;
  env?: Record<string, string>;
  /** Exit codes that are answers, not errors. Default: only 0. */
  okExitCodes?: readonly number[];
  /** Most bytes of output. Default 256 MB. */
  maxBytes?: number;
  /** What happens past `maxBytes`: an error (the default), or the output is cut there and git is stopped. */
  overflow?: 'fail' | 'cut';
  /** How output bytes become text; `latin1` keeps file names that are not UTF-8. Default `utf8`. */
  encoding?: 'utf8' | 'latin1';
  /** After so long git is stopped, and what it has printed by then is the answer. */
  cutAfterMs?: number;
}

export interface GitResult<Output> {
  stdout: Output;
  stderr: string;
  exitCode: number;
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * Runs git with arguments as a list, no shell, a clean environment and the fixed settings of {@link GIT_OPTIONS}.
 * @throws {CallsheetError} `GIT_FAILED` on an exit code that is no answer, `GIT_MISSING` when git is not installed,
 * `GIT_OUTPUT_TOO_LARGE` past `maxBytes`, `DISK_FULL` when git had no room to write; those of `boundedGit` within one.
 */
export async function runGit(
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult<string>> {
  const result = await runGitForBytes(cwd, args, options);
  return { ...result, stdout: result.stdout.toString(options.encoding ?? 'utf8') };
}

/** {@link runGit} for content that is not text. */
export async function runGitForBytes(
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult<Buffer>> {
  const result = await runOnce(cwd, args, options);
  // Ctrl-C can reach the new process in the moment before it leaves the terminal's process group: git has not begun then.
  return result === 'interrupted' ? runGitForBytes(cwd, args, options) : result;
}

async function runOnce(
  cwd: string,
  args: readonly string[],
  options: GitOptions,
): Promise<GitResult<Buffer> | 'interrupted'> {
  const child = startGit(cwd, args, options, options.cutAfterMs ?? TIMEOUT_MS);
  const mayCut = options.overflow === 'cut';
  const stdout = collect(child.stdout, options.maxBytes ?? MAX_OUTPUT_BYTES, () => child.kill('SIGKILL'));
  const stderr = collect(child.stderr, MAX_STDERR_BYTES, () => undefined);
  const watched = watchOver(child, cwd, shown(args));
  const ended = await endOf(child, cwd, options.input);
  watched.check();
  if (ended.signal === 'SIGINT') return 'interrupted';
  if (stdout.isCut && !mayCut) throw tooLarge(args, stdout);
  const isLate = options.cutAfterMs !== undefined && ended.signal === 'SIGKILL';
  const exitCode = stdout.isCut || isLate ? 0 : ended.code;
  const errors = stderr.bytes().toString('utf8');
  if (exitCode === null || !(options.okExitCodes ?? [0]).includes(exitCode))
    throw failed(cwd, args, ended, errors);
  return { stdout: stdout.bytes(), stderr: errors, exitCode };
}

/** The output of git without its last line end. */
export async function gitLine(
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  return (await runGit(cwd, args, options)).stdout.replace(/\n$/, '');
}

/** Starts git, for a while or (without `timeoutMs`) for as long as its input is open. */
export function startGit(
  cwd: string,
  args: readonly string[],
  options: GitOptions,
  timeoutMs?: number,
): ChildProcess {
  return spawn('git', [...GIT_OPTIONS, ...args], {
    cwd,
    env: gitEnvironment(options.env),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // Its own session: Ctrl-C on the terminal reaches us, and must not kill git between two writes.
    detached: true,
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
  });
}

function endOf(child: ChildProcess, cwd: string, input: string | Buffer | undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(startError(error, cwd)));
    child.once('close', (code, signal) => resolve({ code, signal }));
    if (input === undefined || child.stdin === null) return;
    child.stdin.on('error', (error) => {
      // git may end before it has read everything; its exit code says why.
      if (errorCode(error) !== 'EPIPE') reject(error);
    });
    child.stdin.end(input);
  });
}

export function startError(error: Error, cwd: string): Error {
  if (errorCode(error) !== 'ENOENT') {
    return new CallsheetError('GIT_FAILED', `git could not be started in ${cwd}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  // Node reports a missing folder and a missing program in the same way.
  if (!existsSync(cwd)) {
    return new CallsheetError('FOLDER_MISSING', `git was not run: the folder ${cwd} is not there.`, {
      cause: error,
    });
  }
  return new CallsheetError('GIT_MISSING', 'git was not found on the PATH, so nothing was done.', {
    hint: 'Install git 2.38 or newer (https://git-scm.com/downloads, or your package manager), then try again.',
    cause: error,
  });
}

export function failed(cwd: string, args: readonly string[], ended: Ended, stderr: string): CallsheetError {
  const how =
    ended.signal === null
      ? `with exit code ${ended.code ?? 'none'}`
      : `on ${ended.signal} (it may run for ${TIMEOUT_MS / 60_000} minutes)`;
  const said = tailOf(plainText(stderr), 8, 1_500);
  const message = `\`git ${shown(args)}\` ended ${how} in ${cwd}${said === '' ? '.' : `: ${said}`}`;
  if (isForWantOfSpace(stderr, cwd)) return diskFull(`The disk is full: ${message}`, { data: { stderr } });
  return new CallsheetError('GIT_FAILED', message, {
    exit: 'failed',
    data: { exitCode: ended.code, stderr },
  });
}

function tooLarge(args: readonly string[], { limit }: Collected): CallsheetError {
  const message = `\`git ${shown(args)}\` printed more than ${limit} bytes and was stopped; nothing was changed by it.`;
  return new CallsheetError('GIT_OUTPUT_TOO_LARGE', message, { exit: 'failed' });
}

function shown(args: readonly string[]): string {
  const text = plainText(args.join(' '));
  return text.length <= 300 ? text : `${text.slice(0, 299)}…`;
}
