import type { ProcessIdentity } from '../process/index.js';

/** What a driver needs to run one attempt at one task. All paths are absolute. */
export interface Assignment {
  runId: string;
  taskId: string;
  attempt: number;
  /** The worktree of the attempt. */
  workspace: string;
  /** Where the agent starts, inside the workspace. */
  startFolder: string;
  brief: string;
  /** The same brief as a file, outside the workspace. */
  briefFile: string;
  /** The whole environment of the agent: nothing else is inherited. */
  env: Record<string, string>;
  model?: string;
  /** Where the agent's output is kept, cut in the middle past `logLimitBytes`. */
  logFile: string;
  logLimitBytes: number;
  /** Continues a session that ended before, for drivers that can. */
  resume?: ResumeHandle;
}

/** What a driver needs to find its earlier session again; opaque to everybody else. */
export type ResumeHandle = string;

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  costUsd?: number;
  model?: string;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What an agent does while it works, as its driver sees it. */
export type DriverEvent =
  | { type: 'text'; text: string }
  | { type: 'tool'; name: string; reads: string[]; writes: string[]; detail: string }
  | { type: 'usage'; usage: Usage }
  | { type: 'permission'; id: string; tool: string; detail: string }
  | { type: 'question'; id: string; text: string }
  | { type: 'turn-end'; resume?: ResumeHandle }
  | { type: 'exit'; exit: Exit };

/** Whether a message reached the agent: a driver that cannot deliver says so, and the message waits in the inbox. */
export type Delivery = 'delivered' | 'unsupported' | 'ended';

/** One running agent. Its events end with exactly one `exit`, after its output has been read to the end. */
export interface Session {
  readonly process: ProcessIdentity;
  readonly events: AsyncIterable<DriverEvent>;
  send(text: string): Promise<Delivery>;
  /** Asks the agent to stop what it does now and wait for a message. */
  interrupt(): Promise<Delivery>;
  /** Ends the whole process tree: a polite signal, then after `graceMs` a final one. Returns when all of it is gone. */
  stop(graceMs: number): Promise<void>;
}

export interface DriverProblem {
  message: string;
  /** The command that installs what is missing. */
  hint: string;
}

export interface Driver {
  /** As people write it: `command:npm run agent`. */
  readonly name: string;
  /** What keeps this driver from running here, or undefined. */
  check(): Promise<DriverProblem | undefined>;
  start(assignment: Assignment): Promise<Session>;
}
