import { basename, relative, sep } from 'node:path';
import { Arguments } from './arguments.js';
import type { IsNamed } from './pathspec.js';
import type { ShellCommand } from './shell-commands.js';
import { mayBeNamedBy, names, withoutLinks, type NamedFiles } from './shell-globs.js';
import type { Word } from './shell-words.js';
import { fits } from './wildcard.js';

const REMOVERS = new Set(['rm', 'unlink', 'shred', 'truncate']);
/** Tests of `find` that are looked at, or of which it does not matter whether they hold. */
const FOLLOWED = new Set([
  ...['-name', '-iname', '-type', '-maxdepth', '-mindepth', '-print', '-print0', '-delete', '-depth'],
  ...['-o', '-or', '-a', '-xdev', '-mount', '-follow'],
]);

/** The files that `find … -delete` and `find … -exec rm` take. */
export interface FoundFiles {
  /** Without links. */
  named: NamedFiles[];
  isNamed: IsNamed;
}

/** What the tests of a `find` on names and depth let through; undefined where it removes nothing, or only a run would tell. */
export function foundAndRemoved({ args, folder }: ShellCommand): FoundFiles | undefined {
  const first = args.findIndex(({ text }) => /^[-!(]/.test(text));
  if (first === -1) return undefined;
  const { tests, runs } = takenApart(args.slice(first));
  const types = valuesOf(tests, '-type');
  const areFolders = types.length > 0 && types.every((type) => type === 'd');
  const removals = runs.filter(
    ([program, ...words]) =>
      REMOVERS.has(program?.text ?? '') && (!areFolders || takesFolders(program?.text ?? '', words)),
  );
  // `-delete` takes no folder in which anything is.
  const isDeleted = tests.some(({ text }) => text === '-delete') && !types.includes('d');
  const isClear = tests.every(
    ({ text, isExpanded }) => !isExpanded && (!/^[-!]/.test(text) || FOLLOWED.has(text)),
  );
  if ((removals.length === 0 && !isDeleted) || !isClear) return undefined;
  const given = first === 0 ? [{ text: '.', isExpanded: false }] : args.slice(0, first);
  const starts = given.flatMap((word) =>
    mayBeNamedBy(folder, word).map((named) => ({ named: withoutLinks(named), word })),
  );
  const mayFindFolders = types.length === 0 || types.includes('d');
  const isRecursive = removals.some(([program, ...words]) => takesFolders(program?.text ?? '', words));
  const isFound = foundBy(tests, isRecursive && mayFindFolders);
  return {
    named: starts.map(({ named }) => named),
    isNamed: (file) =>
      starts.some(({ named, word }) => names(named, file) && isFound(namesFrom(named, word, file))),
  };
}

/** Tests, and the commands behind `-exec`, each to its `;` or `+`. */
function takenApart(words: readonly Word[]): { tests: Word[]; runs: Word[][] } {
  const [tests, runs]: [Word[], Word[][]] = [[], []];
  let run: Word[] | undefined;
  for (const word of words) {
    if (run !== undefined) {
      if (word.text === ';' || word.text === '+') run = undefined;
      else run.push(word);
    } else if (/^-exec(?:dir)?$/.test(word.text)) runs.push((run = []));
    else tests.push(word);
  }
  return { tests, runs };
}

/** Whether a command that removes files takes folders with all that is in them. */
export function takesFolders(program: string, args: readonly Word[]): boolean {
  return program === 'rm' && new Arguments(args).has('-r', '-R', '--recursive');
}

/** The names that a file is found by: where the search starts, then of each folder below it, its own last. */
function namesFrom({ root, below }: NamedFiles, { text }: Word, file: string): string[] {
  const inside = relative(root, file);
  const parts = inside === '' ? [] : inside.split(sep);
  if (below.length > 0) return parts.slice(below.length - 1);
  return [/(?:^|\/)\.{1,2}\/*$/.test(text) ? '.' : basename(root), ...parts];
}

function foundBy(tests: readonly Word[], isAnyOf: boolean): (names: readonly string[]) => boolean {
  const wanted = [...valuesOf(tests, '-name'), ...valuesOf(tests, '-iname')].map((each) =>
    each.toLowerCase(),
  );
  const [least = 0] = valuesOf(tests, '-mindepth').map(Number);
  const [most = Infinity] = valuesOf(tests, '-maxdepth').map(Number);
  const isWanted = (name: string, depth: number): boolean =>
    // `rm` refuses to remove the folder itself that is called so.
    name !== '.' &&
    depth >= least &&
    depth <= most &&
    (wanted.length === 0 || wanted.some((pattern) => fits(pattern, name.toLowerCase())));
  // Of a file that lies in a folder which goes, each folder above it may be the one that is found.
  return (found) => found.some((name, at) => (isAnyOf || at === found.length - 1) && isWanted(name, at));
}

function valuesOf(tests: readonly Word[], option: string): string[] {
  return tests.filter((_, at) => tests[at - 1]?.text === option).map(({ text }) => text);
}
