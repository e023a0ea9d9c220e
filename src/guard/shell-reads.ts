import { gitCommandIn } from './git-command.js';
import type { ShellCommand } from './shell-commands.js';
import { budgetOfLine, filesNamedBy } from './shell-globs.js';
import { catsShownWhole, filesGiven } from './shell-output.js';
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

/** The files that a shell line shows, as far as its words name them. */
export function shownBy(commands: readonly ShellCommand[]): ShownFile[] {
  const budget = budgetOfLine();
  const whole = catsShownWhole(commands, budget);
  const files: ShownFile[] = [];
  for (const command of commands) {
    for (const word of wordsShown(command))
      for (const path of filesNamedBy(command.folder, word, MOST_FILES - files.length, budget))
        files.push({ path, whole: whole.has(command) });
    if (files.length >= MOST_FILES) break;
  }
  return files;
}

/** The words of a command that may name files which it shows. */
function wordsShown(command: ShellCommand): Word[] {
  const { name, args, input } = command;
  if (name === 'cat') return filesGiven(command);
  const git = gitCommandIn(command);
  const given = git === undefined ? args : git.args;
  const shows = git === undefined ? SHOWS_PARTS.has(name) : GIT_SHOWS.has(git.name);
  // `sed -i` writes; what it does is found afterwards.
  if (!shows || (name === 'sed' && isInPlace(args))) return [];
  const files = input?.kind === 'file' ? [input.word] : [];
  return [...given.filter(({ text }) => !text.startsWith('-')), ...files];
}

/** Whether `sed` or `perl` changes the files that it names. */
export function isInPlace(args: readonly Word[]): boolean {
  return args.some(({ text }) => /^-[a-zA-Z]*i|^--in-place/.test(text));
}
