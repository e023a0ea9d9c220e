import { readArguments, type Telling } from '../support/arguments.js';

export interface Options extends Telling {
  rounds: number;
  tasks: number;
}

export const HELP = `Measures how long a command takes from its start to its end, against \`node -e 0\`.

  npm run bench:cli

\`task list\`, \`task claim\` and \`status\` on a sheet without tasks and on one with many; each in turn with the floor,
in either order. Variables that slow Node down (\`NODE_EXTRA_CA_CERTS\`) are taken away from both.

  --rounds N     how often each command runs (30)
  --tasks N      how many tasks the large sheet has (100000)
  --json         one JSON document on stdout
  --no-save      do not write bench/results/cli.md and .json

Exit codes: 0 every ratio is within its target · 1 one is not · 2 wrong usage · 130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const given = readArguments(args, { texts: ['rounds', 'tasks'] });
  if (given === undefined) return undefined;
  return {
    rounds: given.whole('rounds', 30),
    tasks: given.whole('tasks', 100_000),
    ...given.telling,
  };
}
