import type { TaskKind } from '../task/index.js';

/** A task as a plan states it. */
export interface PlannedTask {
  id: string;
  title: string;
  spec: string;
  kind: TaskKind;
  /** Paths and globs it expects to write, relative to the repository's top, `/` between folders. */
  files: string[];
  after: string[];
  /** 1 most urgent, 5 the default, 10 least. */
  priority: number;
  estimateMs?: number;
  speciality?: string;
  assignee?: string;
  model?: string;
  parent?: string;
  /** How many attempts may fail before the task does. Default: the configuration's, else 3. */
  attempts?: number;
  timeoutMs?: number;
  gate?: string;
  /** Never runs beside a task whose files overlap. */
  exclusive: boolean;
  resources: string[];
  /** The JSON schema of its result. */
  output?: unknown;
  /** Already done when the plan was written: it is recorded, not run. */
  isDone: boolean;
  /** Where it stands in the plan file, from 1. */
  line: number;
}

/** How workspaces are made and results are tested: stated by the repository's configuration or by a plan. */
export interface Preparation {
  gate?: string;
  setup?: string;
  /** Files whose change makes `setup` run again; default: the lock files. */
  setupInputs?: string[];
  /** Untracked files copied from the checkout into each workspace. */
  copy: string[];
  /** Ignored files that are work all the same. */
  keep: string[];
  /** Variables of workers and gates; `{slot}` is a number unique among live workspaces. */
  env: Record<string, string>;
  /** Where workspaces are made; default beside the checkout. */
  workspaces?: string;
  /** Named resources and how many may hold each at once. */
  resources: Record<string, number>;
}

export interface Plan extends Preparation {
  goal?: string;
  approach?: string;
  workers?: number;
  model?: string;
  /** Default for tasks that state none. */
  taskTimeoutMs?: number;
  /** Where workers start, inside the repository. */
  startFolder?: string;
  tasks: PlannedTask[];
}

/** A mistake or a doubt in a plan or configuration file. */
export interface PlanProblem {
  file: string;
  /** From 1. */
  line: number;
  column: number;
  /** A stable code: `UNKNOWN_KEY`, `DUPLICATE_ID`, `UNKNOWN_DEPENDENCY`, `CYCLE`, `EMPTY_SPEC`, … */
  code: string;
  message: string;
  /** What to write instead. */
  instead: string;
}
