import { readArguments, wholeNumber, type Telling } from '../support/arguments.js';

export interface Options extends Telling {
  tasks: number;
  workers: number;
  rounds: number;
  /** Sizes of the repositories. */
  files: number[];
  gate: boolean;
}

export const HELP = `Measures a whole run of tasks that do nearly nothing, against the bare git commands for the same.

  npm run bench:run [-- --tasks 100 --rounds 3]

Each task's agent is a shell script that writes one file. callsheet lands them with several workers; a shell script
lands them one after the other: worktree add, add, commit, merge-tree, commit-tree, update-ref, worktree remove. Each
side works in a repository of its own, both in turn. Then once with a gate that takes a second.

  --tasks N      tasks of a run (100)
  --workers N    workers of callsheet (4)
  --rounds N     how often both sides are measured (3)
  --files N,N    files in the repositories (30,1000)
  --no-gate      leave out the run with a gate
  --json         one JSON document on stdout
  --no-save      do not write bench/results/run.md and .json

Exit codes: 0 everything landed as it must · 1 something did not · 2 wrong usage · 130 interrupted. The times decide
nothing: they are worth what the machine does meanwhile.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const given = readArguments(args, { texts: ['tasks', 'workers', 'rounds', 'files'], flags: ['no-gate'] });
  if (given === undefined) return undefined;
  const files = (given.text('files') ?? '30,1000').split(',');
  return {
    tasks: given.whole('tasks', 100),
    workers: given.whole('workers', 4),
    rounds: given.whole('rounds', 3),
    files: files.map((text) => wholeNumber('files', text)),
    gate: !given.has('no-gate'),
    ...given.telling,
  };
}
