import { randomUUID } from 'node:crypto';
import { openLog } from './bounded-log.js';
import { endTree } from './end-tree.js';
import type { ProcessIdentity } from './identity.js';
import { finishOutput } from './finish-output.js';
import type { StartedProcess } from './start-process.js';
import { startProcess } from './start-process.js';

export interface CommandOptions {
  /** As a person wrote it, for `sh -c`. Never put together from what agents wrote. */
  command: string;
  cwd: string;
  /** The whole environment; a `CALLSHEET_COMMAND` is added, by which its daemons are found. */
  env: Record<string, string>;
  /** In milliseconds; the tree is ended when it is over. */
  timeoutMs: number;
  logFile: string;
  logLimitBytes: number;
  /** How long the tree may take to end by itself at time-out or abort, in milliseconds. Default 2,000. */
  graceMs?: number;
  /** Ends the command early. */
  signal?: AbortSignal;
  /** Hears who was started, to record it: a later engine can then end what this one left. */
  onStart?: (identity: ProcessIdentity) => void;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  timedOut: boolean;
  aborted: boolean;
  durationMs: number;
  /** The last 40 lines of its output, stdout and stderr as they came. */
  tail: string;
}

const NOT_STARTED: CommandResult = {
  exitCode: null,
  signal: null,
  timedOut: false,
  aborted: true,
  durationMs: 0,
  tail: '',
};

// setTimeout fires at once beyond this, about 24.8 days.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs a gate or setup command to its end. Whatever happens, nothing that it started is running afterwards, and a red
 * command is a result, not an error.
 * @throws {CallsheetError} `PROCESS_START_FAILED` when its folder is missing, `PROCESS_NOT_ENDED` as {@link endTree}.
 */
export async function runCommand(options: CommandOptions): Promise<CommandResult> {
  const { command, cwd, logFile, logLimitBytes, graceMs = 2_000 } = options;
  if (options.signal?.aborted === true) return NOT_STARTED;
  const startedAtMs = performance.now();
  const mark = randomUUID();
  const log = openLog(logFile, logLimitBytes);
  try {
    const child = await startProcess({
      file: 'sh',
      args: ['-c', command],
      cwd,
      env: { ...options.env, CALLSHEET_COMMAND: mark },
      onOutput: (chunk) => log.write(chunk),
    });
    options.onStart?.(child.identity);
    const outcome = await untilOver(child, options);
    // Also after a good end: what a gate leaves behind holds ports and files of the next one.
    await endTree(child.identity, { graceMs, marker: `CALLSHEET_COMMAND=${mark}` });
    await finishOutput(child);
    const { code, signal } = await child.ended;
    return {
      exitCode: code,
      signal,
      timedOut: outcome === 'timed-out',
      aborted: outcome === 'aborted',
      durationMs: Math.round(performance.now() - startedAtMs),
      tail: log.tail(),
    };
  } finally {
    log.close();
  }
}

type Outcome = 'ended' | 'timed-out' | 'aborted';

async function untilOver(child: StartedProcess, { timeoutMs, signal }: CommandOptions): Promise<Outcome> {
  // Aborted while it was being started: the event has passed.
  if (signal?.aborted === true) return 'aborted';
  return new Promise((resolve) => {
    const settle = (outcome: Outcome) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const onAbort = () => settle('aborted');
    const timer = setTimeout(() => settle('timed-out'), Math.min(timeoutMs, LONGEST_TIMER_MS));
    signal?.addEventListener('abort', onAbort);
    void child.ended.then(() => settle('ended'));
  });
}
