import { readArguments, type Telling } from '../support/arguments.js';

export interface Options extends Telling {
  rounds: number;
  calls: number;
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
  const given = readArguments(args, { texts: ['rounds', 'calls'] });
  if (given === undefined) return undefined;
  return { rounds: given.whole('rounds', 5), calls: given.whole('calls', 20), ...given.telling };
}
