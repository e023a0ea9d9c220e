import { readArguments, type Telling } from '../support/arguments.js';

export interface Options extends Telling {
  rounds: number;
  calls: number;
}

export const HELP = `Measures what the MCP server adds to that of the SDK with nothing in it, and how long it takes to start.

  npm run bench:mcp

A client and two servers over standard input and output, ours and an empty one of the same SDK: a tool of ours that reads the
sheet and one of the other that answers a constant, in turns. Starts: until the first answer of our server (through the script of
\`init\` and alone) and of the empty one, and until each has listed its tools and answered a call after that; \`node -e 0\` in
turns. Variables that slow Node down are taken away from all.

  --rounds N     how often each is started (40)
  --calls N      how many calls each is asked (1000)
  --json         one JSON document on stdout
  --no-save      do not write bench/results/mcp.md and .json

Exit codes: 0 every target is met · 1 one is not · 2 wrong usage · 130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const given = readArguments(args, { texts: ['rounds', 'calls'] });
  if (given === undefined) return undefined;
  return {
    rounds: given.whole('rounds', 40),
    calls: given.whole('calls', 1_000),
    ...given.telling,
  };
}
