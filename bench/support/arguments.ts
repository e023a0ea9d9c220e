import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.js';

/** How a benchmark tells what it found; each has these options. */
export interface Telling {
  /** One JSON document on stdout. */
  json: boolean;
  /** Writes the result files. */
  save: boolean;
}

/** What was typed behind the name of a benchmark. */
export interface Given {
  telling: Telling;
  has: (flag: string) => boolean;
  text: (name: string) => string | undefined;
  /** A whole number, by default one that is usual. @throws {UsageError} */
  whole: (name: string, usual: number, range?: Range) => number;
}

/** Default: from 1 up. */
export interface Range {
  least?: number;
  most?: number;
}

/**
 * Reads `--name value` and `--flag`, beside `--json`, `--no-save` and `--help`.
 * @returns Undefined when help is asked for. @throws {UsageError}
 */
export function readArguments(
  args: string[],
  { texts = [], flags = [] }: { texts?: readonly string[]; flags?: readonly string[] },
): Given | undefined {
  const values = parse(args, [
    ...texts.map((name) => [name, { type: 'string' }] as const),
    ...['json', 'no-save', ...flags].map((name) => [name, { type: 'boolean' }] as const),
    ['help', { type: 'boolean', short: 'h' }],
  ]);
  const has = (flag: string): boolean => values[flag] === true;
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  if (has('help')) return undefined;
  return {
    ...{ has, text },
    telling: { json: has('json'), save: !has('no-save') },
    whole: (name, usual, range) => wholeNumber(name, text(name) ?? String(usual), range),
  };
}

/** @throws {UsageError} */
export function wholeNumber(name: string, text: string, { least = 1, most }: Range = {}): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= (most ?? value))
    return value;
  const range = most === undefined ? `from ${least} up` : `from ${least} to ${most}`;
  throw new UsageError(`--${name} ${text} is no whole number ${range}`);
}

type Word = readonly [name: string, option: { type: 'string' | 'boolean'; short?: string }];

function parse(args: string[], words: readonly Word[]): Record<string, unknown> {
  try {
    return parseArgs({ args, options: Object.fromEntries(words) }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
