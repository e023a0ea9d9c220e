import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  agents: number;
  /** Read-think-edit cycles of each agent. */
  cycles: number;
  files: number;
  /** How often each mode is measured. */
  rounds: number;
  seed: number;
  json: boolean;
  save: boolean;
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
  const { values } = parse(args);
  if (values.help === true) return undefined;
  return {
    agents: wholeNumber('--agents', values.agents ?? '4', 1),
    cycles: wholeNumber('--cycles', values.cycles ?? '50', 1),
    files: wholeNumber('--files', values.files ?? '5', 1),
    rounds: wholeNumber('--rounds', values.rounds ?? '3', 1),
    seed: wholeNumber('--seed', values.seed ?? '1', 0),
    json: values.json === true,
    save: values['no-save'] !== true,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least || text.trim() === '')
    throw new UsageError(`${name} ${text} is no whole number from ${least}`);
  return number;
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        ...{ agents: text, cycles: text, files: text, rounds: text, seed: text },
        ...{ json: flag, 'no-save': flag, help: { ...flag, short: 'h' } },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
