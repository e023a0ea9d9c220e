/** What an agent may do; the rights of each role are a column in the table of operations. */
export const ROLES = ['human', 'supervisor', 'worker', 'reviewer'] as const;
export type Role = (typeof ROLES)[number];

/** A registered session: a person at a terminal, a lead, or a worker. */
export interface Agent {
  id: string;
  /** Short, human, unique in the sheet. */
  name: string;
  role: Role;
  speciality?: string;
  /** How it is run: `command`, `scripted`, `terminal`. */
  driver: string;
  model?: string;
  runId?: string;
  /** The client's process while it lives: with its start time it is a sign of life too. */
  pid?: number;
  pidStartedAt?: string;
  lastSignAt: number;
  createdAt: number;
  endedAt?: number;
  /** The client's own name of the session, after the client's: `claude:0b7c…`; of a subagent with `/` and its id. */
  clientSession?: string;
  /** The agent that a subagent works for. */
  parentId?: string;
  /** A worker that is handed tasks one after the other. */
  follows?: boolean;
  /** Since when its turn has ended and nothing was there for it, in Unix milliseconds. */
  idleSince?: number;
  /** Who waits for it while it is idle: the newest process that was started to wake it. */
  waiter?: string;
}
