import { mean, quantile, rounded } from '../support/statistics.js';
import { WORKERS, type Part, type Row } from './benchmark.js';

/** Mean, 95th percentile and worst of ratios. */
export interface Spread {
  mean: number;
  p95: number;
  worst: number;
}

export interface Figures {
  part: Part;
  /** All numbers of workers together when it is left out. */
  workers?: number;
  runs: number;
  /** Simulated with the real engine, over the bound. */
  overBound: Spread;
  /** The same over the shortest schedule known. */
  overBest: Spread;
  /** The shortest schedule known over the bound: how far the bound is out of reach. */
  bestOverBound: Spread;
  /** A list scheduler with the same estimates, over the bound. */
  listedOverBound: Spread;
  /** Attempts that conflicts made necessary, for a run. */
  repeated: number;
  faults: number;
}

export function figuresOf(rows: readonly Row[]): Figures[] {
  const parts = [...new Set(rows.map((row) => row.part))];
  return parts.flatMap((part) => {
    const ofPart = rows.filter((row) => row.part === part);
    const groups = WORKERS.map((workers) => ({
      workers,
      of: ofPart.filter((row) => row.workers === workers),
    }));
    return [
      ...groups.map(({ workers, of }) => ({ part, workers, ...ratiosOf(of) })),
      { part, ...ratiosOf(ofPart) },
    ];
  });
}

function ratiosOf(rows: readonly Row[]): Omit<Figures, 'part' | 'workers'> {
  return {
    runs: rows.length,
    overBound: spread(rows.map((row) => row.simulatedMs / row.boundMs)),
    overBest: spread(rows.map((row) => row.simulatedMs / row.bestMs)),
    bestOverBound: spread(rows.map((row) => row.bestMs / row.boundMs)),
    listedOverBound: spread(rows.map((row) => row.listedMs / row.boundMs)),
    repeated: rounded(mean(rows.map((row) => row.repeated))),
    faults: rows.filter((row) => faultOf(row) !== undefined).length,
  };
}

/** What must not be of a run. */
export function faultOf({ trouble, simulatedMs, boundMs }: Row): string | undefined {
  if (trouble !== undefined) return trouble;
  return simulatedMs < boundMs - 1 ? `shorter than its bound: ${simulatedMs} ms of ${boundMs}` : undefined;
}

function spread(ratios: number[]): Spread {
  return {
    mean: exact(mean(ratios)),
    p95: exact(quantile(ratios, 0.95)),
    worst: exact(Math.max(0, ...ratios)),
  };
}

// Of ratios near one the third place after the point tells them apart.
function exact(ratio: number): number {
  return Math.round(ratio * 1_000) / 1_000;
}
