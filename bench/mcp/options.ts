import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  rounds: number;
  calls: number;
  json: boolean;
  save: boolean;
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
  const { values } = parse(args);
  if (values.help === true) return undefined;
  return {
    rounds: whole('--rounds', values.rounds ?? '40'),
    calls: whole('--calls', values.calls ?? '1000'),
    json: values.json === true,
    save: values['no-save'] !== true,
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`${name} ${text} is no number such as 30`);
  return value;
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    const options = { rounds: text, calls: text, json: flag, 'no-save': flag, help: { ...flag, short: 'h' } };
    return parseArgs({ args, options } as const);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
