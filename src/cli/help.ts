import { EXIT_CODES, usageError } from '../error/index.js';
import {
  flagOf,
  OPERATIONS,
  placeholderOf,
  type AnyOperation,
  type Field,
  type Fields,
} from '../operations/index.js';
import { tableOf } from '../text/index.js';
import { wordsOf } from './find-command.js';
import { GLOBALS } from './globals.js';

/** All commands, or those of one group. */
export function overview(group?: string): string {
  const shown = OPERATIONS.filter(({ name }) => group === undefined || name.startsWith(`${group}.`));
  const commands = shown.map((operation) => [`  ${wordsOf(operation)}`, operation.help]);
  return [
    group === undefined
      ? 'Lets many coding agents and people work on one git repository at the same time, without losing work.'
      : `Commands of callsheet ${group}`,
    '',
    'Usage: callsheet COMMAND [OPTIONS]',
    '',
    tableOf(commands),
    ...(group === undefined ? ['', tableOf(ABOUT)] : []),
    '',
    'Options of every command',
    optionLines(GLOBALS),
  ].join('\n');
}

const ABOUT = [
  ['  help COMMAND', 'Show the options of a command'],
  ['  help exit-codes', 'How commands exit'],
  ['  completion bash|zsh|fish', 'Print a script that completes command names'],
  ['  --version', 'Print the version'],
];

/** One command with its arguments, options and examples. */
export function helpOf(operation: AnyOperation): string {
  const positional = Object.entries(operation.input).filter(([, field]) => field.positional === true);
  const options = Object.fromEntries(
    Object.entries(operation.input).filter(([, field]) => field.positional !== true),
  );
  const usage = [
    'callsheet',
    wordsOf(operation),
    ...positional.filter(([, field]) => field.behindDashes !== true),
    ...(Object.keys(options).length > 0 ? ['[OPTIONS]'] : []),
    ...positional.filter(([, field]) => field.behindDashes === true),
  ].map((part) => (typeof part === 'string' ? part : argument(...part)));
  return [
    operation.help,
    '',
    `Usage: ${usage.join(' ')}`,
    ...section(
      'Arguments',
      tableOf(positional.map(([name, field]) => [`  ${placeholderOf(name, field)}`, helpText(field)])),
    ),
    ...section('Options', optionLines(options)),
    ...section('Options of every command', optionLines(GLOBALS)),
    ...section('Examples', (operation.examples ?? []).map((line) => `  ${line}`).join('\n')),
  ].join('\n');
}

function section(title: string, body: string): string[] {
  return body === '' ? [] : ['', title, body];
}

function argument(name: string, field: Field): string {
  const text = `${placeholderOf(name, field)}${field.many === true ? '…' : ''}`;
  return field.required === true ? text : `[${text}]`;
}

function optionLines(fields: Fields): string {
  return tableOf(Object.entries(fields).map(([name, field]) => [optionName(name, field), helpText(field)]));
}

function optionName(name: string, field: Field): string {
  const short = field.short === undefined ? '    ' : `-${field.short}, `;
  const value = field.kind === 'flag' ? '' : ` ${placeholderOf(name, field)}`;
  return `  ${short}--${flagOf(name, field)}${value}${field.many === true ? ' …' : ''}`;
}

function helpText({ help, choices, positional, required }: Field): string {
  const oneOf = choices !== undefined && positional === true ? ` (${choices.join(', ')})` : '';
  return `${help}${oneOf}${required === true && positional !== true ? ' (required)' : ''}`;
}

/** What `callsheet help WORDS` prints. */
export function helpTopic(words: readonly string[]): string {
  const topic = words.join(' ');
  if (topic === '') return overview();
  if (topic === 'exit-codes') return exitCodes();
  const operation = OPERATIONS.find((each) => wordsOf(each) === topic);
  if (operation !== undefined) return helpOf(operation);
  if (OPERATIONS.some(({ name }) => name.startsWith(`${topic}.`))) return overview(topic);
  throw usageError(
    'HELP_UNKNOWN',
    `There is no help about “${topic.slice(0, 60)}”.`,
    'See all commands: callsheet --help',
  );
}

const EXIT_MEANINGS: Record<keyof typeof EXIT_CODES, string> = {
  done: 'done',
  failed: 'failed: something did not land, or callsheet itself made a mistake',
  usage: 'wrong usage: what was typed, a plan or the configuration has an error',
  refused:
    'refused, or waits for a person: held, conflicting, out of date, nothing ready; trying later can work',
  budget: 'the budget is reached: paused, nothing is lost',
  interrupted: 'interrupted',
};

function exitCodes(): string {
  const rows = Object.entries(EXIT_CODES).map(([name, code]) => [
    `${code}`,
    EXIT_MEANINGS[name as keyof typeof EXIT_CODES],
  ]);
  return tableOf(rows);
}
