import { readArguments, type Telling } from '../support/arguments.js';

export interface Options extends Telling {
  agents: number;
  /** Read-think-edit cycles of each agent. */
  cycles: number;
  files: number;
  /** How often each mode is measured. */
  rounds: number;
  seed: number;
}

export const HELP = `Counts the edits that vanish when several agents work on the same files of one checkout.

  npm run bench:lost-updates

Each agent reads a shared file, thinks for some milliseconds, and changes it: by an edit, by a whole-file write, or by a
command in a shell. Each change adds a line of its own; nobody removes any. Files, shells, sheet and hooks are real, the
agents and their thinking are not. Without callsheet, and with each policy of the guard, in turn.

  --agents N     agents at work at once (4)
  --cycles N     read-think-edit cycles of each (50)
  --files N      files that they share (5)
  --rounds N     how often each mode is measured, each time with other chances (3)
  --seed N       of all that is drawn (1)
  --json         one JSON document on stdout
  --no-save      do not write bench/results/lost-updates.md and .json

Exit codes: 0 with guard and with lock no edit vanished · 1 one did · 2 wrong usage · 130 interrupted. The times
decide nothing: they are worth what the machine does meanwhile.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const given = readArguments(args, { texts: ['agents', 'cycles', 'files', 'rounds', 'seed'] });
  if (given === undefined) return undefined;
  return {
    agents: given.whole('agents', 4),
    cycles: given.whole('cycles', 50),
    files: given.whole('files', 5),
    rounds: given.whole('rounds', 3),
    seed: given.whole('seed', 1, { least: 0 }),
    ...given.telling,
  };
}
