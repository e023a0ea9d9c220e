import type { Agent } from '../agent/index.js';
import type { Store } from '../store/index.js';

/** What the guard works with. */
export interface Guard {
  store: Store;
  /** `<git common dir>/callsheet`. */
  sheetFolder: string;
  /** `<git common dir>`, absolute: tells what belongs to the repository. */
  commonDir: string;
  /** How long a write waits for another agent's on the same file before it is refused, in ms. Default 1,500. */
  patienceMs?: number;
}

/** One step of a session, as far as the guard is concerned. */
export interface Step {
  agent: Agent;
  /** Where the client works, absolute. */
  cwd: string;
}

/** What the guard says to a step: it goes on, with something to be told; or it is refused. */
export type Answer = { refused: false; tell?: string } | { refused: true; reason: string };

export const NOTHING: Answer = { refused: false };
