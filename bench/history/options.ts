import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  repo: string;
  merges: number;
  name: string | undefined;
  json: boolean;
  save: boolean;
  keep: boolean;
}

export const HELP = `Replays the merges of a real history as parallel work, and compares with git.

  npm run bench:history -- --repo PATH [--merges 50]

Of each of the newest two-parent merges of HEAD it makes a run from the merge base with two tasks at once: an agent
makes of its workspace what the first parent is, another what the second is. They land in the order of the parents.
PATH is a local clone and is only read; all work is done in the folder for temporary files, and removed.

  --repo PATH    a local, complete clone of a repository
  --merges N     how many merges are replayed (50); those that leave nothing to merge are counted besides
  --name NAME    what the repository is called in the result (the name of its folder)
  --json         one JSON document on stdout, with a row for every merge
  --no-save      do not write bench/results/history-NAME.md and .json
  --keep         leave the scratch repository with its sheet for a look

Exit codes: 0 everything that git merges cleanly landed with git's tree, and nothing is lost · 1 something of that
does not hold · 2 wrong usage · 130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parse(args);
  if (values.help === true) return undefined;
  if (values.repo === undefined) throw new UsageError('No repository is named: --repo PATH');
  const merges = Number(values.merges ?? '50');
  if (!Number.isInteger(merges) || merges < 1)
    throw new UsageError(`--merges ${values.merges} is no number of merges, such as 50`);
  const { name } = values;
  if (name !== undefined && !/^[\w.-]+$/.test(name)) throw new UsageError(`--name ${name} is no file name`);
  return {
    repo: values.repo,
    merges,
    name,
    json: values.json === true,
    save: values['no-save'] !== true,
    keep: values.keep === true,
  };
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        repo: text,
        merges: text,
        name: text,
        json: flag,
        'no-save': flag,
        keep: flag,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
