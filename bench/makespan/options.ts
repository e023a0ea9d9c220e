import { readArguments, type Telling } from '../support/arguments.js';
import { UsageError } from '../support/usage-error.js';

export interface Options extends Telling {
  workloads: string;
  repo: string | undefined;
  batches: number;
  draws: number;
  seed: number;
  /** Whether to run a batch in real time too. */
  real: boolean;
}

export const HELP = `How long plans take with callsheet, against the shortest time that there can be.

  npm run bench:makespan -- --workloads FILE --repo PATH

Batches of 40 consecutive tasks of real task graphs, with durations of real agents and estimates that are wrong (lognormal,
sigma 0.6), run by the real engine on virtual time with 2, 4 and 8 workers: against max(critical path, work / workers).
Then with 10 % failed attempts and a gate that runs one at a time, and with these and files that were changed together in
the history of a repository. At the end one batch in real time, with the real command and agents that sleep, beside its simulation.

  --workloads FILE  task graphs and durations: JSON, or that with gzip. Each key is a graph
                    {"tasks": [{"id", "kind", "created"}], "needs": [[task, must be done first]]},
                    but "agent_seconds": a list of durations in seconds
  --repo PATH       a local clone (bare will do) whose commits say which files change together; only read.
                    Without it only the first part is run
  --batches N       so many batches, those with the most dependencies (20); those with fewer than 8 never count
  --draws N         durations and estimates are drawn so many times for each batch (1)
  --seed N          of all that is drawn (1)
  --no-real         leave out the batch in real time, which takes about a minute
  --json            one JSON document on stdout, with a row for every run
  --no-save         do not write bench/results/makespan.md and .json

Exit codes: 0 every run finished, none was shorter than its bound · 1 something of that does not hold · 2 wrong usage ·
130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const given = readArguments(args, {
    texts: ['workloads', 'repo', 'batches', 'draws', 'seed'],
    flags: ['no-real'],
  });
  if (given === undefined) return undefined;
  const workloads = given.text('workloads');
  if (workloads === undefined) throw new UsageError('No task graphs are named: --workloads FILE');
  return {
    workloads,
    repo: given.text('repo'),
    batches: given.whole('batches', 20),
    draws: given.whole('draws', 1),
    seed: given.whole('seed', 1, { least: 0 }),
    real: !given.has('no-real'),
    ...given.telling,
  };
}
