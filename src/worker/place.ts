import type { Driver } from '../driver/index.js';
import type { Claim } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import type { Agent } from '../agent/index.js';

/** What every attempt of a run needs. */
export interface WorkerPlace {
  site: Site;
  driver: Driver;
  /** The folder that holds the command `callsheet`. */
  commandFolder: string;
}

/** An agent at work on one claim; the token is its identity. */
export interface Post {
  claim: Claim;
  agent: Agent;
  token: string;
}

/** Why an attempt is stopped from outside. */
export type StopReason = 'engine' | 'parked' | 'lost' | 'task-timeout' | 'silence';
