import { readArguments, type Telling } from '../support/arguments.js';

export interface Options extends Telling {
  tasks: number;
  workers: number;
}

export const HELP = `Measures the memory of an engine through a long run, against a Node that does nothing. Linux only.

  npm run bench:memory

A run of tasks that write one file each, in worktrees of their own, landing one by one. The engine's resident memory is
read from /proc ten times a second; its peak, and its growth from the first third of the run to the last, count.

  --tasks N      how many tasks (1000)
  --workers N    how many at a time (8)
  --json         one JSON document on stdout
  --no-save      do not write bench/results/memory.md and .json

Exit codes: 0 every target is met · 1 one is not, or a task did not land · 2 wrong usage · 130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const given = readArguments(args, { texts: ['tasks', 'workers'] });
  if (given === undefined) return undefined;
  return {
    tasks: given.whole('tasks', 1_000, { least: 10 }),
    workers: given.whole('workers', 8),
    ...given.telling,
  };
}
