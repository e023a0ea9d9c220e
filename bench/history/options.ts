import { readArguments, type Telling } from '../support/arguments.js';
import { UsageError } from '../support/usage-error.js';

export interface Options extends Telling {
  repo: string;
  merges: number;
  name: string | undefined;
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
  const given = readArguments(args, { texts: ['repo', 'merges', 'name'], flags: ['keep'] });
  if (given === undefined) return undefined;
  const [repo, name] = [given.text('repo'), given.text('name')];
  if (repo === undefined) throw new UsageError('No repository is named: --repo PATH');
  if (name !== undefined && !/^[\w.-]+$/.test(name)) throw new UsageError(`--name ${name} is no file name`);
  return { repo, name, merges: given.whole('merges', 50), keep: given.has('keep'), ...given.telling };
}
