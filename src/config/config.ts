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
}

export const CONFIG_FILE = 'callsheet.config.yaml';
