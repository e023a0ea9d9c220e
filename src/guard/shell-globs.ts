import { existsSync, opendirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Word } from './shell-words.js';
import { firstWild, fits, unescaped } from './wildcard.js';

/** Where a word of a command leads, if it names files. */
export interface NamedFiles {
  /** The file or folder that it names; of a pattern, the folder below which it is looked for. Absolute. */
  root: string;
  /** What the names below it have to fit, one after the other; empty where no pattern is given. */
  below: string[];
  /** Whether a slash at its end lets only folders fit. */
  isFolder?: boolean;
}

const MOST_ALTERNATIVES = 64;
const MOST_ENTRIES = 2_000;
const MOST_OF_LINE = 10_000;

/** How many files and entries of folders may still be looked at. */
export interface Budget {
  left: number;
}

/** What may be looked at for one shell line, however many words of it are patterns. */
export function budgetOfLine(): Budget {
  return { left: MOST_OF_LINE };
}

/** What a word names that is a path; empty where only a run would tell. */
export function namedBy(folder: string | undefined, word: Word): NamedFiles[] {
  return isPath(folder, word)
    ? withoutBraces(word).map((each) => patternIn(folder ?? '/', each) ?? literalIn(folder ?? '/', each))
    : [];
}

/** What a word may name: a shell takes a pattern which nothing fits for a name, such as `app/[id]/page.tsx`. */
export function mayBeNamedBy(folder: string | undefined, word: Word): NamedFiles[] {
  if (!isPath(folder, word)) return [];
  const literals = withoutBraces(word).filter((each) => each.pattern !== undefined && isLikeName(each));
  return [...namedBy(folder, word), ...literals.map((each) => literalIn(folder ?? '/', each))];
}

/** Whether a word is a path of which it is known what it names. */
export function isPath(folder: string | undefined, { text, isExpanded }: Word): boolean {
  return !isExpanded && text !== '' && text.length <= 1_000 && (folder !== undefined || text.startsWith('/'));
}

/** The words that the braces of one stand for: `{a,b}.txt` is `a.txt b.txt`. */
export function withoutBraces(word: Word): Word[] {
  if (word.pattern === undefined) return [word];
  return alternatives(word.pattern).map((pattern) => ({
    ...{ text: unescaped(pattern), isExpanded: false },
    ...(firstWild(pattern) === -1 ? {} : { pattern }),
  }));
}

function literalIn(folder: string, { text }: Word): NamedFiles {
  return { root: resolve(folder, text), below: [] };
}

function patternIn(folder: string, { pattern }: Word): NamedFiles | undefined {
  if (pattern === undefined) return undefined;
  const at = pattern.lastIndexOf('/', firstWild(pattern)) + 1;
  const below = pattern
    .slice(at)
    .split('/')
    .filter((name) => name !== '');
  const root = resolve(folder, unescaped(pattern.slice(0, at)) || '.');
  return { root, below, isFolder: pattern.endsWith('/') };
}

/** Whether a file is what was named, or lies in it. `root` and the file without links. */
export function names({ root, below, isFolder }: NamedFiles, file: string): boolean {
  const inside = relative(root, file);
  if (inside === '' || below.length === 0) return below.length === 0 && isInside(inside);
  if (!isInside(inside)) return false;
  const parts = inside.split(sep);
  if (isFolder === true && parts.length === below.length) return false;
  return below.every((pattern, at) => parts[at] !== undefined && fitsName(pattern, parts[at]));
}

/** Whether a file is what was named, and no folder in which it lies. */
export function isItself(named: NamedFiles, file: string): boolean {
  const { root, below } = named;
  if (below.length === 0) return root === file;
  return relative(root, file).split(sep).length === below.length && names(named, file);
}

/** What was named, with a root that no link leads to: links in the path are followed, the last name is not. */
export function withoutLinks(named: NamedFiles): NamedFiles {
  const { root, below } = named;
  return {
    ...named,
    root: below.length > 0 ? realOf(root) : join(realOf(dirname(root)), basename(root)),
  };
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // What is not there yet, or may not be looked at, is called as it was given.
    return dirname(path) === path ? path : join(realOf(dirname(path)), basename(path));
  }
}

function isInside(path: string): boolean {
  return path !== '..' && !path.startsWith(`..${sep}`);
}

/** As a shell has it: a dot at the beginning of a name is not fitted by a wildcard. */
function fitsName(pattern: string, name: string): boolean {
  return (!name.startsWith('.') || pattern.startsWith('.')) && fits(pattern, name);
}

/** The files that a word names, as a shell would have it: of a pattern those that are there; as far as the budget lasts. */
export function filesNamedBy(folder: string | undefined, word: Word, most: number, budget: Budget): string[] {
  if (!isPath(folder, word)) return [];
  return withoutBraces(word)
    .flatMap((each) => {
      const found = filesFitting(folder, each, budget);
      const isName = found.length === 0 && (each.pattern === undefined || isLikeName(each));
      return isName ? [literalIn(folder ?? '/', each).root] : found;
    })
    .slice(0, most);
}

/** Whether a pattern may be meant as a name: hardly any holds `*` or `?`. */
function isLikeName({ text }: Word): boolean {
  return !/[*?]/.test(text);
}

/** The files that are there which fit a pattern without braces; as far as the budget lasts. */
export function filesFitting(
  folder: string | undefined,
  word: Word,
  budget: Budget = { left: MOST_ENTRIES },
): string[] {
  const named = isPath(folder, word) ? patternIn(folder ?? '/', word) : undefined;
  if (named === undefined) return [];
  let paths = [named.root];
  for (const pattern of named.below)
    paths = paths.flatMap((path) =>
      entriesOf(path, budget)
        .filter((name) => fitsName(pattern, name))
        .sort()
        .map((name) => join(path, name)),
    );
  return named.isFolder === true ? paths.filter((path) => isFolder(path, budget)) : paths;
}

function isFolder(path: string, budget: Budget): boolean {
  budget.left -= 1;
  return budget.left >= 0 && existsSync(`${path}/.`);
}

/** The names of what is in a folder, as far as the budget lasts; nothing of what is none, or may not be looked into. */
export function entriesOf(folder: string, budget: Budget): string[] {
  const names: string[] = [];
  budget.left -= 1;
  if (budget.left < 0) return names;
  try {
    const entries = opendirSync(folder);
    try {
      for (let entry = entries.readSync(); entry !== null && budget.left > 0; entry = entries.readSync()) {
        budget.left -= 1;
        names.push(entry.name);
      }
    } finally {
      entries.closeSync();
    }
  } catch {
    return [];
  }
  return names;
}

/** What `{a,b}` stands for; past a number of them, anything in its place. */
function alternatives(pattern: string): string[] {
  let done: string[] = [];
  let open = [pattern];
  while (open.length > 0 && open.length + done.length <= MOST_ALTERNATIVES) {
    const [first = '', ...rest] = open;
    const brace = braceIn(first);
    if (brace === undefined) done = [...done, first];
    open = brace === undefined ? rest : [...brace, ...rest];
  }
  return [...done, ...open.map((each) => each.replace(/\{.*\}/s, '*'))].slice(0, MOST_ALTERNATIVES);
}

/** What the first innermost `{…}` of a pattern stands for. */
function braceIn(pattern: string): string[] | undefined {
  const found = /(?<!\\)\{((?:\\[\s\S]|[^{}\\])*)\}/.exec(pattern);
  if (found === null) return undefined;
  const [whole, inner = ''] = found;
  const [head, tail] = [pattern.slice(0, found.index), pattern.slice(found.index + whole.length)];
  if (/^\w+\.\.\w+/.test(inner)) return [`${head}*${tail}`];
  const parts = inner.split(/(?<!\\),/);
  // `{}` and `{a}` stand for themselves.
  if (parts.length === 1) return [`${head}\\{${inner}\\}${tail}`];
  return parts.map((part) => `${head}${part}${tail}`);
}
