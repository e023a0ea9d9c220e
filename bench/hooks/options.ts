import { readArguments, type Telling } from '../support/arguments.js';

export interface Options extends Telling {
  rounds: number;
  agents: number;
  rate: number;
  seconds: number;
}

export const HELP = `Measures what the hooks of an agent's tool calls cost.

  npm run bench:hooks

Alone: the script of a hook with a server and without one, beside a hook that does nothing (\`true\`) and \`node -e 0\`, in
turns; before a read and an edit, and after a step, where nothing is new and where something is. Together: many agents at
one server, in calls that come when they come, each asked before and after. Variables that slow Node down
(\`NODE_EXTRA_CA_CERTS\`) are taken away from all.

  --rounds N     how often each hook runs alone (40)
  --agents N     how many agents work together (32)
  --rate N       tool calls a second of all of them (25)
  --seconds N    how long they work (30)
  --json         one JSON document on stdout
  --no-save      do not write bench/results/hooks.md and .json

Exit codes: 0 every target is met · 1 one is not · 2 wrong usage · 130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const given = readArguments(args, { texts: ['rounds', 'agents', 'rate', 'seconds'] });
  if (given === undefined) return undefined;
  return {
    rounds: given.whole('rounds', 40),
    agents: given.whole('agents', 32),
    rate: given.whole('rate', 25),
    seconds: given.whole('seconds', 30),
    ...given.telling,
  };
}
