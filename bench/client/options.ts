import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  rounds: number;
  calls: number;
  json: boolean;
  save: boolean;
}

export const HELP = `Measures what the hooks add to the tool calls of the real Claude Code.

  npm run clients:install && npm run bench:client

Each round has four sessions in one repository, in changing order, with a scripted model: with hooks that do nothing
(\`true\`) on the events that \`callsheet init\` sets, with the hooks of init and a server, with HTTP hooks straight to the
server, and with those beside hooks that do nothing. Each reads some files and edits them, a call a step. What a call takes is
the time from one question of the client to its model to the next; compared is the same call of the same round.

  --rounds N     how many sessions in each way (5)
  --calls N      how many reads and how many edits in each (20)
  --json         one JSON document on stdout
  --no-save      do not write bench/results/client.md and .json

Exit codes: 0 every target is met · 1 one is not · 2 wrong usage · 130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parse(args);
  if (values.help === true) return undefined;
  return {
    rounds: whole('--rounds', values.rounds ?? '5'),
    calls: whole('--calls', values.calls ?? '20'),
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
        ...{ rounds: text, calls: text },
        ...{ json: flag, 'no-save': flag, help: { ...flag, short: 'h' } },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
