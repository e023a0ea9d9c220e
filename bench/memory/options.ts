import { parseArgs } from 'node:util';
import { UsageError } from '../support/usage-error.js';

export interface Options {
  tasks: number;
  workers: number;
  json: boolean;
  save: boolean;
}

export const HELP = `Measures the memory of an engine through a long run, against a Node that does nothing. Linux only.

  npm run bench:memory

A run of tasks that write one file each, in worktrees of their own, landing one by one. The engine's resident memory is
read from /proc ten times a second; its peak, and its growth from the first third of the run to the last, count.

  --tasks N      how many tasks (1000)
  --workers N    how many at a time (8)
  --json         one JSON document on stdout
  --no-save      do not write bench/results/memory.md and .json

Exit codes: 0 every target is met · 1 one is not, or a task did not land · 2 wrong usage · 130 interrupted.
`;

/** @returns Undefined when help is asked for. @throws {UsageError} */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parse(args);
  if (values.help === true) return undefined;
  return {
    tasks: whole('--tasks', values.tasks ?? '1000', 10),
    workers: whole('--workers', values.workers ?? '8', 1),
    json: values.json === true,
    save: values['no-save'] !== true,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`${name} ${text} is no number from ${least} up`);
  return value;
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: { tasks: text, workers: text, json: flag, 'no-save': flag, help: { ...flag, short: 'h' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
