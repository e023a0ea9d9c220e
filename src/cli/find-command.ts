import { usageError } from '../error/index.js';
import { OPERATIONS, type AnyOperation } from '../operations/index.js';
import type { Token } from './arguments.js';
import { nearest } from './nearest.js';

/** Commands that are about the command line itself and need no sheet. */
export const BUILT_INS = ['help', 'completion'] as const;

/** The words of an operation on the command line: `task claim`. */
export function wordsOf(operation: AnyOperation): string {
  return operation.name.replaceAll('.', ' ');
}

/** First words that stand for several commands: `task`, `lock`, `note`. */
export function groups(): string[] {
  return [
    ...new Set(
      OPERATIONS.filter(({ name }) => name.includes('.')).map(({ name }) => name.split('.')[0] ?? ''),
    ),
  ];
}

export type Found =
  | { kind: 'operation'; operation: AnyOperation; used: number[] }
  /** A group without a second word, or nothing at all. */
  | { kind: 'group'; group?: string }
  | { kind: 'built-in'; name: (typeof BUILT_INS)[number]; words: string[] };

/**
 * Which command the leading words name; `used` are the positions of those words.
 * @throws {CallsheetError} `COMMAND_UNKNOWN` (usage), with the nearest name.
 */
export function findCommand(tokens: readonly Token[]): Found {
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token] : []));
  const [first, second] = words;
  if (first === undefined) return { kind: 'group' };
  const builtIn = BUILT_INS.find((name) => name === first.value);
  if (builtIn !== undefined)
    return { kind: 'built-in', name: builtIn, words: words.slice(1).map(({ value }) => value) };
  const single = OPERATIONS.find(({ name }) => name === first.value);
  if (single !== undefined) return { kind: 'operation', operation: single, used: [first.index] };
  if (!groups().includes(first.value)) throw unknownCommand(first.value);
  if (second === undefined) return { kind: 'group', group: first.value };
  const name = `${first.value}.${second.value}`;
  const operation = OPERATIONS.find((each) => each.name === name);
  if (operation === undefined) throw unknownCommand(`${first.value} ${second.value}`);
  return { kind: 'operation', operation, used: [first.index, second.index] };
}

function unknownCommand(typed: string): Error {
  const names = [...OPERATIONS.map(wordsOf), ...groups(), ...BUILT_INS];
  const meant = nearest(typed.slice(0, 60), names);
  const hint =
    meant === undefined ? 'See all commands: callsheet --help' : `Did you mean: callsheet ${meant}`;
  return usageError(
    'COMMAND_UNKNOWN',
    `There is no command “${typed.slice(0, 60)}”. Nothing was done.`,
    hint,
  );
}
