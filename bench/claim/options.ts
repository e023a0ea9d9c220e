import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { readArguments, wholeNumber, type Telling } from '../support/arguments.js';

export interface Options extends Telling {
  sizes: number[];
  processes: number;
  seconds: number;
  rounds: number;
  folder: string;
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
  const given = readArguments(args, { texts: ['sizes', 'processes', 'seconds', 'rounds', 'folder'] });
  if (given === undefined) return undefined;
  const sizes = (given.text('sizes') ?? '1000,100000,1000000').split(',');
  return {
    sizes: sizes.map((each) => wholeNumber('sizes', each, { least: FEWEST_TASKS, most: 10_000_000 })),
    processes: given.whole('processes', 8, { most: 64 }),
    seconds: given.whole('seconds', 3, { most: 60 }),
    rounds: given.whole('rounds', 100, { most: 100 }),
    folder: given.text('folder') ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir()),
    ...given.telling,
  };
}
