import type { DriverEvent } from '../driver.js';

/** The first line that a scripted agent reads. */
export interface StartOfWork {
  type: 'start';
  brief: string;
  workspace: string;
  /** Where an earlier session of it ended its turn. */
  resume?: string;
}

/** What is said to a scripted agent, one JSON object a line. */
export type Spoken = StartOfWork | { type: 'message'; text: string } | { type: 'interrupt' };

/** What it says, one JSON object a line. Its exit is the exit of its process. */
export type Said = Exclude<DriverEvent, { type: 'exit' } | { type: 'permission' }>;
