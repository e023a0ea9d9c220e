import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  tasks: number;
  workers: number;
  rounds: number;
  /** Sizes of the repositories. */
  files: number[];
  gate: boolean;
  json: boolean;
  save: boolean;
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
  const { values } = parse(args);
  if (values.help === true) return undefined;
  return {
    tasks: numberFrom('tasks', values.tasks ?? '100'),
    workers: numberFrom('workers', values.workers ?? '4'),
    rounds: numberFrom('rounds', values.rounds ?? '3'),
    files: (values.files ?? '30,1000').split(',').map((text) => numberFrom('files', text)),
    gate: values['no-gate'] !== true,
    json: values.json === true,
    save: values['no-save'] !== true,
  };
}

function numberFrom(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} ${text}: ${text} is no number from 1`);
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        ...{ tasks: text, workers: text, rounds: text, files: text },
        ...{ 'no-gate': flag, json: flag, 'no-save': flag },
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
