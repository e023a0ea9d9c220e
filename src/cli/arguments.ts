import { parseArgs, type ParseArgsConfig } from 'node:util';
import { usageError } from '../error/index.js';
import { flagOf, type Fields } from '../operations/index.js';
import { nearest } from './nearest.js';

export type Token =
  | { kind: 'positional'; index: number; value: string }
  | { kind: 'option'; index: number; name: string; rawName: string; value?: string; inline: boolean }
  | { kind: 'terminator'; index: number };

/** Cuts arguments into options and the rest, as `fields` say which options take a value. Checks nothing. */
export function tokensOf(args: readonly string[], fields: Fields): Token[] {
  const { tokens } = parseArgs({ args: [...args], options: optionsOf(fields), strict: false, tokens: true });
  return tokens.map((token): Token => {
    if (token.kind === 'positional') return { kind: 'positional', index: token.index, value: token.value };
    if (token.kind === 'option-terminator') return { kind: 'terminator', index: token.index };
    const { index, name, rawName, value, inlineValue } = token;
    const option = { kind: 'option' as const, index, name, rawName, inline: inlineValue === true };
    return value === undefined ? option : { ...option, value };
  });
}

function optionsOf(fields: Fields): NonNullable<ParseArgsConfig['options']> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.positional === true) continue;
    options[flagOf(name, field)] = {
      type: field.kind === 'flag' ? 'boolean' : 'string',
      ...(field.short === undefined ? {} : { short: field.short }),
    };
  }
  return options;
}

export interface Given {
  options: Record<string, string | boolean | string[]>;
  positionals: string[];
  /** What stands behind `--`. */
  behindDashes: string[];
}

/**
 * Sorts tokens into the inputs they are, by the names of the fields.
 * @throws {CallsheetError} `OPTION_UNKNOWN`, `OPTION_VALUE` (usage).
 */
export function sortTokens(tokens: readonly Token[], fields: Fields): Given {
  const options: Given['options'] = {};
  const positionals: string[] = [];
  const behindDashes: string[] = [];
  let isBehind = false;
  for (const token of tokens) {
    if (token.kind === 'terminator') isBehind = true;
    if (token.kind === 'positional') (isBehind ? behindDashes : positionals).push(token.value);
    if (token.kind === 'option') addOption(options, token, fields);
  }
  return { options, positionals, behindDashes };
}

type OptionToken = Extract<Token, { kind: 'option' }>;

function addOption(options: Given['options'], token: OptionToken, fields: Fields): void {
  const entry = Object.entries(fields).find(
    ([name, field]) => field.positional !== true && flagOf(name, field) === token.name,
  );
  if (entry === undefined) throw unknownOption(token, fields);
  const [name, field] = entry;
  if (field.kind === 'flag') {
    if (token.inline) throw valueError(`${token.rawName} takes no value`, 'Leave out what follows the =.');
    options[name] = true;
    return;
  }
  const value = requireValue(token);
  if (field.many === true) options[name] = [...((options[name] as string[] | undefined) ?? []), value];
  else if (options[name] === undefined) options[name] = value;
  else throw valueError(`${token.rawName} is given twice`, 'Give it once.');
}

function requireValue({ value, rawName, inline }: OptionToken): string {
  if (value === undefined) throw valueError(`${rawName} needs a value`, `Write it behind: ${rawName} VALUE`);
  // What follows is most likely the next option, and the value was forgotten.
  if (!inline && value.length > 1 && value.startsWith('-')) {
    throw valueError(
      `${rawName} needs a value, and ${value.slice(0, 60)} looks like an option`,
      `If it is the value: ${rawName}=${value.slice(0, 60)}`,
    );
  }
  return value;
}

function valueError(what: string, hint: string): Error {
  return usageError('OPTION_VALUE', `${what}. Nothing was done.`, hint);
}

function unknownOption({ rawName }: OptionToken, fields: Fields): Error {
  const names = Object.entries(fields)
    .filter(([, field]) => field.positional !== true)
    .map(([name, field]) => `--${flagOf(name, field)}`);
  const meant = rawName.startsWith('--') ? nearest(rawName, names) : undefined;
  const hint =
    meant === undefined
      ? `Add --help to see its options; put -- before text that begins with a dash.`
      : `Did you mean ${meant}?`;
  return usageError(
    'OPTION_UNKNOWN',
    `${rawName.slice(0, 60)} is no option of this command. Nothing was done.`,
    hint,
  );
}
