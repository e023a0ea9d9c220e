import type { Context } from '../operation.js';

/** What a check found: `warn` may become a problem, `bad` is one. */
export interface Finding {
  level: 'ok' | 'warn' | 'bad';
  what: string;
  found: string;
  /** What to do about it. */
  todo?: string;
}

export type Check = (context: Context) => Promise<Finding[]>;
