import { statSync, type Stats } from 'node:fs';
import { isNothingThere } from '../file/index.js';
import type { ShellCommand } from './shell-commands.js';
import { entriesOf, filesNamedBy, isPath, type Budget } from './shell-globs.js';
import type { Word } from './shell-words.js';

// Of longer output some clients show their model no more than a beginning.
const MOST_BYTES = 24_000;
/** Commands that print little, and end. */
const PRINTS_LITTLE = new Set(['cat', 'cd', 'echo', 'printf', 'pwd', 'true', 'false', ':', 'ls', 'wc']);
/** Options with which `cat` shows all of a file. */
const SHOWS_ALL = /^-[AbeEntTuv]+$|^--(?:number|number-nonblank|show-[a-z]+)$/;
const MOST_NAMES = 1_000;
/** What `ls -l` and `wc` print beside a name. */
const DETAILS_BYTES = 70;

/** What is known of a command before it runs. */
interface Outcome {
  /** How much it prints at most; Infinity where only a run would tell. */
  bytes: number;
  succeeds: boolean;
}

/**
 * The `cat`s of a line that show all that they name to whoever gave the line: each runs for sure, alone, and what it
 * prints goes nowhere else; all others of the line print little, and all together print no more than clients show.
 */
export function catsShownWhole(commands: readonly ShellCommand[], budget: Budget): Set<ShellCommand> {
  const whole = new Set<ShellCommand>();
  if (!commands.some(isPlainCat) || !commands.every(printsLittle)) return whole;
  let printed = 0;
  let isSure = false;
  let hasSucceeded = false;
  for (const command of commands) {
    const { bytes, succeeds } = outcomeOf(command, budget);
    printed += bytes;
    if (printed > MOST_BYTES || budget.left <= 0) return new Set();
    // It waits with `&&` for those before it.
    isSure = command.before === ';' || (command.before === '&&' && isSure && hasSucceeded);
    hasSucceeded = succeeds;
    if (isSure && isPlainCat(command)) whole.add(command);
  }
  return whole;
}

function isPlainCat({ name, args, isNested, isRedirected }: ShellCommand): boolean {
  if (name !== 'cat' || isNested || isRedirected) return false;
  return args.every(({ text }) => !text.startsWith('-') || SHOWS_ALL.test(text));
}

function printsLittle({ name, args, input, before, after }: ShellCommand): boolean {
  if (!PRINTS_LITTLE.has(name) || before === '|' || after === '|' || after === '&') return false;
  if (name === 'ls') return args.every(({ text }) => !/^-[a-zA-Z]*R|^--recursive/.test(text));
  return name !== 'cat' || args.length > 0 || input !== undefined;
}

function outcomeOf(command: ShellCommand, budget: Budget): Outcome {
  const { name, args, isRedirected, targets } = command;
  const isElsewhere = isRedirected && targets.length > 0;
  switch (name) {
    case 'cat':
    case 'cd':
    case 'ls':
    case 'wc': {
      const { bytes, succeeds } = outcomeOnFiles(command, budget);
      return { bytes: isElsewhere || name === 'cd' ? 0 : bytes, succeeds };
    }
    case 'echo':
    case 'printf':
      return {
        bytes: isElsewhere ? 0 : sum(args, (word) => bytesOfWord(command, word, budget)),
        succeeds: true,
      };
    default:
      return { bytes: 0, succeeds: name !== 'false' };
  }
}

/** What a variable holds is short; what a command inside prints is counted as that of the command. */
function bytesOfWord({ folder }: ShellCommand, word: Word, budget: Budget): number {
  if (word.pattern === undefined) return word.text.length + 1;
  const named = filesNamedBy(folder, word, MOST_NAMES, budget);
  if (!isPath(folder, word) || named.length >= MOST_NAMES || /\{.*\.\./s.test(word.text)) return Infinity;
  return named.length === 0 ? word.text.length + 1 : sum(named, (path) => path.length + 1);
}

/** Of a command that fails where something is not there that it names. */
function outcomeOnFiles(command: ShellCommand, budget: Budget): Outcome {
  const words = filesGiven(command);
  const files = words.map((word) => filesNamedBy(command.folder, word, MOST_NAMES, budget));
  const isKnown =
    words.every((word) => isPath(command.folder, word)) && files.every(({ length }) => length < MOST_NAMES);
  if (!isKnown) return { bytes: Infinity, succeeds: false };
  const outcomes = files.flat().map((path) => outcomeOn(command, path, budget));
  return {
    bytes: sum(outcomes, ({ bytes }) => bytes) + (words.length === 0 ? bytesOfText(command) : 0),
    succeeds: files.every(({ length }) => length > 0) && outcomes.every(({ succeeds }) => succeeds),
  };
}

/** Of the here-document that a command prints. */
function bytesOfText({ input }: ShellCommand): number {
  return input?.word.isExpanded === true ? Infinity : (input?.word.text.length ?? 0);
}

const HERE: Word = { text: '.', isExpanded: false };

/** The words of `cat` and its like that name what it reads: its standard input only without others. */
export function filesGiven({ name, args, input }: ShellCommand): Word[] {
  const named = args.filter(({ text }) => !text.startsWith('-'));
  if (named.length > 0) return named;
  if (name === 'ls') return [HERE];
  return input?.kind === 'file' ? [input.word] : [];
}

function outcomeOn({ name, args }: ShellCommand, path: string, budget: Budget): Outcome {
  const stats = statsOf(path, budget);
  if (stats === undefined) return { bytes: path.length, succeeds: false };
  const isFolder = stats.isDirectory();
  switch (name) {
    case 'cd':
      return { bytes: 0, succeeds: isFolder };
    case 'ls':
      return {
        bytes: isFolder ? bytesOfFolder(path, args, budget) : path.length + DETAILS_BYTES,
        succeeds: true,
      };
    case 'wc':
      return { bytes: path.length + DETAILS_BYTES, succeeds: !isFolder };
    default:
      return isFolder
        ? { bytes: path.length, succeeds: false }
        : { bytes: stats.isFile() ? stats.size : Infinity, succeeds: true };
  }
}

function bytesOfFolder(path: string, args: readonly Word[], budget: Budget): number {
  const isDetailed = args.some(({ text }) => /^-[a-zA-Z1]*[gilnosZ]|^--/.test(text));
  return sum(entriesOf(path, budget), (name) => name.length + (isDetailed ? DETAILS_BYTES : 1));
}

function statsOf(path: string, budget: Budget): Stats | undefined {
  budget.left -= 1;
  if (budget.left <= 0) return undefined;
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Of what cannot be looked at, nothing is shown.
    if (isNothingThere(error)) return undefined;
    throw error;
  }
}

function sum<T>(all: readonly T[], each: (one: T) => number): number {
  return all.reduce((total, one) => total + each(one), 0);
}
