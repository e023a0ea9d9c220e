/** The kinds of work. Research, review and verify write no files; synthesis is the supervisor's own. */
export const TASK_KINDS = ['implement', 'fix', 'research', 'review', 'verify', 'synthesis'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** True when the tracked tree must be unchanged at the end of a task of this kind. */
export function writesNothing(kind: TaskKind): boolean {
  return kind !== 'implement' && kind !== 'fix';
}

export const TASK_STATES = [
  'waiting',
  'ready',
  'running',
  'paused',
  'blocked',
  'review',
  'landing',
  'done',
  'failed',
  'cancelled',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** Every legal move. A move that is not listed does not exist; the trigger `task_moves` says the same in the sheet. */
export const TASK_MOVES = {
  waiting: ['ready', 'done', 'cancelled'], //             done: a group whose children are done
  ready: ['running', 'waiting', 'done', 'cancelled'], //  waiting: a revision gave it a dependency
  running: ['ready', 'paused', 'blocked', 'review', 'landing', 'done', 'failed', 'cancelled'],
  paused: ['running', 'ready', 'failed', 'cancelled'],
  blocked: ['running', 'ready', 'failed', 'cancelled'],
  review: ['running', 'ready', 'landing', 'done', 'failed', 'cancelled'],
  landing: ['ready', 'done', 'failed', 'cancelled'], //   ready: conflict or red gate, tried again
  done: ['ready', 'waiting'], //                          reopened as a new attempt
  failed: ['ready', 'waiting', 'cancelled'],
  cancelled: ['ready', 'waiting'],
} as const satisfies Record<TaskState, readonly TaskState[]>;

/** States in which an agent holds the task. Only `running` is reaped when its lease runs out. */
export const CLAIMED_STATES = ['running', 'paused', 'blocked', 'review', 'landing'] as const;
/** States that end a task unless somebody reopens it. */
const ENDED_STATES = ['done', 'failed', 'cancelled'] as const;

export function holdsClaim(state: TaskState): boolean {
  return (CLAIMED_STATES as readonly string[]).includes(state);
}

export function hasEnded(state: TaskState): boolean {
  return (ENDED_STATES as readonly string[]).includes(state);
}

/** The states from which a task may move to `to`. */
export function statesBefore(to: TaskState): TaskState[] {
  return TASK_STATES.filter((from) => (TASK_MOVES[from] as readonly TaskState[]).includes(to));
}

/** What a finished task says to its dependents, the lead and the report. */
export interface TaskResult {
  summary: string;
  files: string[];
  findings: string[];
  commit?: string;
  /** Anything the task was asked to answer in JSON. */
  data?: unknown;
}

/** Names one claim and no other: every later write about the work carries it. */
export interface Claim {
  taskId: string;
  attempt: number;
}

export interface Task {
  id: string;
  /** Order of creation. */
  seq: number;
  runId?: string;
  /** The id that the plan used; differs from `id` when the sheet had that id already. */
  planKey?: string;
  title: string;
  spec: string;
  kind: TaskKind;
  state: TaskState;
  priority: number;
  files: string[];
  after: string[];
  exclusive: boolean;
  resources: string[];
  speciality?: string;
  assignee?: string;
  model?: string;
  parent?: string;
  /** The task whose work this one reviews: nobody who has worked on that may claim it. */
  reviews?: string;
  /** A group has children and no work of its own: it is done when they are. */
  isGroup: boolean;
  gate?: string;
  timeoutMs?: number;
  outputSchema?: unknown;
  /** How many claims there have been. */
  attempt: number;
  failures: number;
  maxAttempts: number;
  estimateMs?: number;
  /** Longest way from the start of this task to the end of the plan, in estimated milliseconds. */
  pathMs: number;
  /** Not offered before this moment (backoff), in Unix milliseconds. */
  runAfter: number;
  claimedBy?: string;
  leaseExpiresAt?: number;
  /** The silence that its last claim was given. */
  leaseMs?: number;
  /** Why it is where it is: the question it waits for, the failure, the reason of a cancel. */
  reason?: string;
  result?: TaskResult;
  landedAs?: string;
  createdAt: number;
  startedAt?: number;
  endedAt?: number;
}
