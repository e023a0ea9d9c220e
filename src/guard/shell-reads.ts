import { existsSync, statSync } from 'node:fs';
import { isNothingThere } from '../file/index.js';
import { gitCommandIn } from './git-command.js';
import type { ShellCommand } from './shell-commands.js';
import { filesNamedBy } from './shell-globs.js';
import type { Word } from './shell-words.js';

/** A file that a command shows. */
export interface ShownFile {
  /** Absolute. */
  path: string;
  whole: boolean;
}

/** Commands that show parts of the files that they name. */
const SHOWS_PARTS = new Set([
  ...['head', 'tail', 'sed', 'grep', 'egrep', 'fgrep', 'rg', 'less', 'more', 'bat', 'nl', 'awk', 'wc'],
]);
const GIT_SHOWS = new Set(['show', 'diff', 'blame', 'log']);
const MOST_FILES = 50;
// Of longer output some clients show their model no more than a beginning.
const MOST_BYTES = 24_000;
/** Commands that print little, and end. */
const PRINTS_LITTLE = new Set(['cat', 'cd', 'echo', 'printf', 'pwd', 'true', 'false', ':', 'ls', 'wc']);
/** Those of them that succeed. */
const SUCCEEDS = new Set(['echo', 'printf', 'pwd', 'true', ':']);
/** Those that do where all is there that they name. */
const SUCCEEDS_ON_FILES = new Set(['cat', 'cd', 'ls', 'wc']);
/** Options with which `cat` shows all of a file. */
const SHOWS_ALL = /^-[AbeEntTuv]+$|^--(?:number|number-nonblank|show-[a-z]+)$/;

/** The files that a shell line shows, as far as its words name them. */
export function shownBy(commands: readonly ShellCommand[]): ShownFile[] {
  const files = commands.flatMap((command, at) => {
    const isWhole = isShownWhole(commands, at);
    return wordsShown(command)
      .flatMap((word) => filesNamedBy(command.folder, word, MOST_FILES))
      .map((path) => ({ path, whole: isWhole }));
  });
  const isTooMuch = files.reduce((sum, { path, whole }) => sum + (whole ? sizeOf(path) : 0), 0) > MOST_BYTES;
  return files.slice(0, MOST_FILES).map(({ path, whole }) => ({ path, whole: whole && !isTooMuch }));
}

/** The words of a command that may name files which it shows. */
function wordsShown(command: ShellCommand): Word[] {
  const { name, args, inputs } = command;
  const git = gitCommandIn(command);
  const given = git === undefined ? args : git.args;
  const shows = git === undefined ? name === 'cat' || SHOWS_PARTS.has(name) : GIT_SHOWS.has(git.name);
  // `sed -i` writes; what it does is found afterwards.
  if (!shows || (name === 'sed' && isInPlace(args))) return [];
  return [...given.filter(({ text }) => !text.startsWith('-')), ...inputs];
}

/** Whether `sed` or `perl` changes the files that it names. */
export function isInPlace(args: readonly Word[]): boolean {
  return args.some(({ text }) => /^-[a-zA-Z]*i|^--in-place/.test(text));
}

/**
 * Whether a `cat` shows all that it names to whoever gave the line: it runs for sure, alone, and what it prints goes
 * nowhere else; so do all others of the line, which print little.
 */
function isShownWhole(commands: readonly ShellCommand[], at: number): boolean {
  const command = commands[at];
  if (command?.name !== 'cat' || command.isNested || command.isRedirected) return false;
  if (!command.args.every(({ text }) => !text.startsWith('-') || SHOWS_ALL.test(text))) return false;
  if (!commands.every((each) => PRINTS_LITTLE.has(each.name) && endsByItself(each))) return false;
  return runsForSure(commands, at);
}

function endsByItself({ name, args, inputs, before, after }: ShellCommand): boolean {
  if (before === '|' || after === '|' || after === '&') return false;
  if (name === 'ls') return args.every(({ text }) => !/^-[a-zA-Z]*R|^--recursive/.test(text));
  return name !== 'cat' || args.length + inputs.length > 0;
}

/** Whether all that a command waits for with `&&` succeeds. */
function runsForSure(commands: readonly ShellCommand[], at: number): boolean {
  for (let from = at; from > 0; from -= 1) {
    const before = commands[from]?.before;
    if (before === ';') return true;
    if (before !== '&&' || !succeeds(commands[from - 1])) return false;
  }
  return commands[0]?.before === ';';
}

function succeeds(command: ShellCommand | undefined): boolean {
  if (command === undefined) return false;
  const { name, args, folder } = command;
  if (SUCCEEDS.has(name)) return true;
  if (!SUCCEEDS_ON_FILES.has(name)) return false;
  const named = args.filter(({ text }) => !text.startsWith('-'));
  const files = named.flatMap((word) => filesNamedBy(folder, word, MOST_FILES));
  return files.length >= named.length && files.every((file) => existsSync(file));
}

function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch (error) {
    // Of what cannot be looked at, nothing is shown.
    if (isNothingThere(error)) return 0;
    throw error;
  }
}
