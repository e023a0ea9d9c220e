import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  rounds: number;
  agents: number;
  rate: number;
  seconds: number;
  json: boolean;
  save: boolean;
}

export const HELP = `Measures what the hooks of an agent's tool calls cost.

  npm run bench:hooks

Alone: the script of a hook with a server and without one, beside a hook that does nothing (\`true\`) and \`node -e 0\`, in
turns; before a read, before an edit, and after a step. Together: many agents at one server, in calls that come when they
come, each asked before and after. Variables that slow Node down (\`NODE_EXTRA_CA_CERTS\`) are taken away from all.

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
  const { values } = parse(args);
  if (values.help === true) return undefined;
  return {
    rounds: whole('--rounds', values.rounds ?? '40'),
    agents: whole('--agents', values.agents ?? '32'),
    rate: whole('--rate', values.rate ?? '25'),
    seconds: whole('--seconds', values.seconds ?? '30'),
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
      options: {
        ...{ rounds: text, agents: text, rate: text, seconds: text },
        ...{ json: flag, 'no-save': flag, help: { ...flag, short: 'h' } },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
