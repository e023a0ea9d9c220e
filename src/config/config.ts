import type { Preparation } from '../plan/index.js';

/** What a repository's `callsheet.config.yaml` states; every key is optional. */
export interface Config extends Preparation {
  /** The driver of workers: `claude`, `command:CMD`, `scripted:FILE`, … */
  agent?: string;
  model?: string;
  /** How many workers run at once, 1 to 64. */
  workers?: number;
  /** How long one attempt of a task may take. */
  timeoutMs?: number;
  /** How long an agent may take to show its first sign of life. */
  startTimeoutMs?: number;
  /** How long an agent may show no sign of life. */
  silenceTimeoutMs?: number;
  gateTimeoutMs?: number;
  /** How many attempts of a task may fail before the task does, 1 to 20. */
  attempts?: number;
  /** The branch that a finished run is landed into. */
  into?: string;
  /** How strict the guard is, by path; the last rule that fits a path counts. */
  guard?: GuardRule[];
  /** Whether an idle session in tmux may be woken by typing into its pane. Default true. */
  wakeByKeys?: boolean;
}

/**
 * How strict the guard is. `guard`: a write that would drop what an agent has not seen is refused. `lock`: besides, the
 * first to write a file keeps others out while it is at work on it. `warn`: told, never refused. `cowboy`: recorded only.
 * `off`: not looked at.
 */
export const POLICIES = ['guard', 'lock', 'warn', 'cowboy', 'off'] as const;
export type Policy = (typeof POLICIES)[number];

export interface GuardRule {
  /** A path, folder or glob, relative to the repository's top. */
  pattern: string;
  policy: Policy;
}

export const CONFIG_FILE = 'callsheet.config.yaml';
