import { median, rounded } from '../support/statistics.js';
import type { Row } from './compare.js';
import { LEFT_OUT, type LeftOut } from './source.js';

export interface Figures {
  merges: number;
  landed: number;
  conflicted: number;
  failed: number;
  /** What git alone says of the same pairs. */
  gitClean: number;
  gitConflict: number;
  /** Among those that landed. */
  asCommitted: number;
  faults: number;
  leftOut: Record<string, number>;
  /** Medians and the worst, in milliseconds. */
  msPerTask: { median: number; worst: number };
  byHandMsPerTask: { median: number; worst: number };
  mergeTreeMs: { median: number; worst: number };
  /** Sum of the runs over the sum of bare git commands. */
  timesBareGit: number;
}

export function figuresOf(rows: readonly Row[], leftOut: ReadonlyMap<LeftOut, number>): Figures {
  const count = (holds: (row: Row) => boolean): number => rows.filter(holds).length;
  const total = (msOf: (row: Row) => number): number => rows.reduce((sum, row) => sum + msOf(row), 0);
  return {
    merges: rows.length,
    landed: count((row) => row.outcome === 'landed'),
    conflicted: count((row) => row.outcome === 'conflicted'),
    failed: count((row) => row.outcome === 'failed'),
    gitClean: count((row) => row.git === 'clean'),
    gitConflict: count((row) => row.git === 'conflict'),
    asCommitted: count((row) => row.asCommitted),
    faults: count((row) => row.faults.length > 0),
    leftOut: Object.fromEntries([...leftOut].map(([why, times]) => [LEFT_OUT[why], times])),
    msPerTask: spread(rows.map((row) => row.runMs / 2)),
    byHandMsPerTask: spread(rows.map((row) => row.byHandMs / 2)),
    mergeTreeMs: spread(rows.map((row) => row.mergeTreeMs)),
    timesBareGit: rounded(total((row) => row.runMs) / total((row) => row.byHandMs)),
  };
}

function spread(values: number[]): { median: number; worst: number } {
  return { median: rounded(median(values)), worst: rounded(Math.max(0, ...values)) };
}
