import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  rounds: number;
  tasks: number;
  json: boolean;
  save: boolean;
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
  const { values } = parse(args);
  if (values.help === true) return undefined;
  return {
    rounds: whole('--rounds', values.rounds ?? '30'),
    tasks: whole('--tasks', values.tasks ?? '100000'),
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
    return parseArgs({
      args,
      options: { rounds: text, tasks: text, json: flag, 'no-save': flag, help: { ...flag, short: 'h' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
