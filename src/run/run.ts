export const RUN_STATES = ['running', 'stopped', 'waiting', 'failed', 'finished'] as const;
/**
 * `running` an engine pursues it (or did, and was killed) · `stopped` by a person · `waiting` for a person ·
 * `failed` nothing can go on and something did not land · `finished` everything landed.
 */
export type RunState = (typeof RUN_STATES)[number];

/** Every legal move; the trigger `run_moves` says the same in the sheet. */
export const RUN_MOVES = {
  running: ['stopped', 'waiting', 'failed', 'finished'],
  stopped: ['running'],
  waiting: ['running'],
  failed: ['running'],
  finished: ['running'], // a task was reopened or added
} as const satisfies Record<RunState, readonly RunState[]>;

/** How a run works: fixed when it starts, the same for every engine that carries it on. */
export interface RunOptions {
  /** The driver as people write it: `command:npm run agent`. */
  agent: string;
  model?: string;
  workers: number;
  gate?: string;
  setup?: string;
  setupInputs: string[];
  copy: string[];
  keep: string[];
  env: Record<string, string>;
  resources: Record<string, number>;
  /** Folder below which this run's workspaces are made. */
  workspaces: string;
  /** Where workers start, inside the repository. */
  startFolder?: string;
  /** Where the base branch was, when uncommitted changes are part of the base. */
  baseHead?: string;
  /** Lands into this branch at the end. */
  into?: string;
  allowRedBase: boolean;
  startTimeoutMs: number;
  silenceTimeoutMs: number;
  taskTimeoutMs: number;
  gateTimeoutMs: number;
}

export interface Run {
  id: string;
  goal?: string;
  approach?: string;
  state: RunState;
  reason?: string;
  /** The commit that the run began from, and the branch it was on. */
  baseCommit: string;
  baseBranch: string;
  options: RunOptions;
  /** The gate was seen to be red or flaky on the base. */
  baseGate: 'none' | 'green' | 'red' | 'flaky';
  /** Fences engines: each one that takes the run over has a higher number. */
  epoch: number;
  enginePid?: number;
  enginePidStartedAt?: string;
  landedInto?: string;
  createdAt: number;
  endedAt?: number;
}

/** The branch on which a run's work is integrated. */
export function integrationBranch(runId: string): string {
  return `callsheet/${runId}/main`;
}

export function integrationRef(runId: string): string {
  return `refs/heads/${integrationBranch(runId)}`;
}

/** The branch of one attempt. */
export function attemptBranch(runId: string, taskId: string, attempt: number): string {
  return `callsheet/${runId}/${taskId}.${attempt}`;
}
