import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  sizes: number[];
  processes: number;
  seconds: number;
  rounds: number;
  folder: string;
  json: boolean;
  save: boolean;
}

/** The smallest sheet has tasks enough for all calls. */
const FEWEST_TASKS = 1_000;

export const HELP = `Measures the record calls that every agent makes, and claims by several processes at once.

  npm run bench:claim

Each call is timed on sheets of several sizes, in turn; besides, four bare statements that claim from a table of their
own. Then processes claim from one sheet as fast as they can, once with callsheet's claim and once with the bare one;
no task may be handed out twice, and the sheet must know of every claim and of no other.

  --sizes A,B,C     how many tasks the sheets have (1000,100000,1000000)
  --processes N     how many processes claim at once, besides one alone (8)
  --seconds N       how long they claim (3)
  --rounds N        how often each call is timed (100, at most 100)
  --folder PATH     where the sheets lie (/dev/shm where there is one, else the folder for temporary files)
  --json            one JSON document on stdout
  --no-save         do not write bench/results/claim.md and .json

Exit codes: 0 every target is met · 1 one is not · 2 wrong usage · 130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parse(args);
  if (values.help === true) return undefined;
  const sizes = (values.sizes ?? '1000,100000,1000000').split(',');
  return {
    sizes: sizes.map((each) => whole('--sizes', each, FEWEST_TASKS, 10_000_000)),
    processes: whole('--processes', values.processes ?? '8', 1, 64),
    seconds: whole('--seconds', values.seconds ?? '3', 1, 60),
    rounds: whole('--rounds', values.rounds ?? '100', 1, 100),
    folder: values.folder ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir()),
    json: values.json === true,
    save: values['no-save'] !== true,
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new UsageError(`${name} ${text} is no number from ${least} to ${most}`);
  return value;
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        ...{ sizes: text, processes: text, seconds: text, rounds: text, folder: text },
        ...{ json: flag, 'no-save': flag, help: { ...flag, short: 'h' } },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
