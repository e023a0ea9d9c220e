import { usageError } from '../error/index.js';
import {
  placeholderOf,
  spelledOf,
  type AnyOperation,
  type Fields,
  type RawInput,
} from '../operations/index.js';
import { sortTokens, tokensOf, type Given } from './arguments.js';
import { findCommand, type Found } from './find-command.js';
import { GLOBALS, type Globals } from './globals.js';

export type CommandLine = { globals: Globals } & (
  | { kind: 'operation'; operation: AnyOperation; raw: RawInput }
  | Exclude<Found, { kind: 'operation' }>
  | { kind: 'version' }
);

/**
 * Reads what was typed.
 * @throws {CallsheetError} `COMMAND_UNKNOWN`, `OPTION_UNKNOWN`, `OPTION_VALUE`, `ARGUMENT_UNEXPECTED` (usage).
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  if (args[0] === '--version' || args[0] === '-V')
    return { kind: 'version', globals: { json: false, help: false } };
  // The words come first, options of the command behind them; what they are is known only when the words are.
  const found = findCommand(tokensOf(args, GLOBALS));
  if (found.kind !== 'operation') {
    const { options } = sortTokens(tokensOf(args, GLOBALS), GLOBALS);
    return { ...found, globals: globalsOf(options) };
  }
  const { operation, used } = found;
  const fields: Fields = { ...GLOBALS, ...operation.input };
  const rest = args.filter((_, index) => !used.includes(index));
  const given = sortTokens(tokensOf(rest, fields), fields);
  const globals = globalsOf(given.options);
  const raw = globals.help ? {} : { ...given.options, ...placed(operation, given) };
  return { kind: 'operation', operation, raw, globals };
}

function globalsOf(options: Given['options']): Globals {
  const { json, repository, as, help } = options;
  return {
    json: json === true,
    help: help === true,
    ...(typeof repository === 'string' ? { repository } : {}),
    ...(typeof as === 'string' ? { as } : {}),
  };
}

/** Gives each positional argument to its field; one that takes many takes the rest. */
function placed(operation: AnyOperation, { positionals, behindDashes }: Given): RawInput {
  const raw: Record<string, string | string[]> = {};
  const [own] = Object.entries(operation.input).find(([, field]) => field.behindDashes === true) ?? [];
  if (own !== undefined) raw[own] = behindDashes;
  const left = own === undefined ? [...positionals, ...behindDashes] : [...positionals];
  for (const [name, field] of Object.entries(operation.input)) {
    if (field.positional !== true || name === own) continue;
    if (field.many === true) raw[name] = left.splice(0);
    else if (left[0] !== undefined) raw[name] = left.shift() ?? '';
  }
  if (left.length > 0) throw unexpected(operation, left);
  return raw;
}

function unexpected(operation: AnyOperation, left: readonly string[]): Error {
  const words = operation.name.replaceAll('.', ' ');
  const places = Object.entries(operation.input)
    .filter(([, { positional }]) => positional === true)
    .map(([name, field]) => placeholderOf(name, field));
  const usage = ['callsheet', words, ...places].join(' ');
  const option = Object.entries(operation.input)
    .map(([name, field]) => spelledOf(name, field))
    .find((spelled) => spelled === `--${left[0]}`);
  const takesNone = option === undefined ? `It takes none: ${usage}` : `It is an option: ${usage} ${option}`;
  return usageError(
    'ARGUMENT_UNEXPECTED',
    `“${left.join(' ').slice(0, 60)}” is one argument too many for ${words}. Nothing was done.`,
    places.length === 0 ? takesNone : `Put text of several words in quotes: ${usage}`,
  );
}
