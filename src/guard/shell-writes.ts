import { Arguments } from './arguments.js';
import { isFolder } from './content.js';
import { gitCommandIn } from './git-command.js';
import { moveIn } from './moves.js';
import type { ShellCommand } from './shell-commands.js';
import { budgetOfLine, filesNamedBy, type Budget } from './shell-globs.js';
import { isInPlace } from './shell-reads.js';
import type { Word } from './shell-words.js';

/** A file that a command says it writes. */
export interface WrittenFile {
  /** Absolute. */
  path: string;
  /** Whether all that it will hold stands in the command itself, so that whoever gives the command knows it. */
  isText: boolean;
}

/** Commands that print what stands in their words. */
const PRINTS = new Set(['echo', 'printf']);
const MOST_FILES = 20;

/** The files that a shell line says it writes, behind `>` and `>>` or as words of a command that does, or removes. */
export function writtenBy(commands: readonly ShellCommand[]): WrittenFile[] {
  const budget = budgetOfLine();
  const files: WrittenFile[] = [];
  for (const command of commands) {
    const { folder, targets } = command;
    const isText = isKnown(command);
    for (const { word, isAppended } of targets)
      for (const path of filesNamedBy(folder, word, MOST_FILES, budget))
        files.push({ path, isText: isText && !isAppended });
    for (const word of wordsWritten(command))
      for (const path of filesNamedBy(folder, word, MOST_FILES, budget)) files.push({ path, isText: false });
    for (const path of takenOrReplaced(command, budget)) files.push({ path, isText: false });
  }
  return files.filter(({ path }) => !path.startsWith('/dev/')).slice(0, MOST_FILES);
}

/** Whether all that a command prints stands in the line as it is. */
function isKnown({ name, args, input }: ShellCommand): boolean {
  if (name === 'cat') return args.length === 0 && input?.kind === 'text' && !input.word.isExpanded;
  return PRINTS.has(name) && args.every(({ isExpanded, pattern }) => !isExpanded && pattern === undefined);
}

/** Of a move its sources, and what it gives another content: not the folder into which it goes. */
function takenOrReplaced(command: ShellCommand, budget: Budget): string[] {
  const move = moveIn(command);
  if (move === undefined) return [];
  const { folder, sources, target, isCopy } = move;
  const taken = isCopy ? [] : sources.flatMap((word) => filesNamedBy(folder, word, MOST_FILES, budget));
  const replaced = filesNamedBy(folder, target, MOST_FILES, budget);
  return [...taken, ...replaced.filter((path) => !isFolder(path))];
}

function wordsWritten(command: ShellCommand): Word[] {
  const { name, args } = command;
  const names = args.filter(({ text }) => text !== '' && !text.startsWith('-'));
  switch (name) {
    case 'sed':
    case 'perl':
      return isInPlace(args) ? behindScript(args) : [];
    case 'truncate':
    case 'tee':
    case 'rm':
    case 'unlink':
    case 'touch':
      return names;
    case 'git':
      return writtenByGit(command);
    default:
      return [];
  }
}

/** The names behind the script of `sed` or `perl`, which is the first of them unless an option gives it. */
function behindScript(args: readonly Word[]): Word[] {
  const isGiven = args.map(({ text }) => /^-(?:[a-zA-Z]*[ef]|-expression|-file)$/.test(text));
  const names = args.filter(
    ({ text }, at) => text !== '' && !text.startsWith('-') && isGiven[at - 1] !== true,
  );
  const isBehindOption =
    isGiven.includes(true) || args.some(({ text }) => /^--(?:expression|file)=/.test(text));
  return isBehindOption ? names : names.slice(1);
}

function writtenByGit(command: ShellCommand): Word[] {
  const git = gitCommandIn(command);
  if (git === undefined || git.folder !== command.folder) return [];
  const options = new Arguments(git.args, 's --source');
  const named = [...options.names, ...(options.afterDashes ?? [])];
  switch (git.name) {
    case 'rm':
      return options.has('--cached', '-n', '--dry-run') ? [] : named;
    case 'restore':
      return options.has('--staged', '-S') && !options.has('--worktree', '-W') ? [] : named;
    case 'checkout':
      return options.afterDashes ?? [];
    default:
      return [];
  }
}
