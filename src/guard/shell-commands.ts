import { homedir } from 'node:os';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { budgetOfLine, filesNamedBy, withoutBraces } from './shell-globs.js';
import { piecesOf, type Operator, type Piece, type Redirect, type SimpleCommand } from './shell-syntax.js';
import type { Word } from './shell-words.js';
import { lineIn, programOf, unwrapped } from './shell-wrappers.js';

/** One command of a shell line, and where it would run, as far as it can be told without a shell. */
export interface ShellCommand {
  /** The program, without its folder; empty where only a run would tell. */
  name: string;
  args: Word[];
  /** The name and those words behind it of which nothing would be expanded. */
  words: string[];
  /** The folder that it runs in, absolute; undefined where only a run would tell. */
  folder: string | undefined;
  /** Whether what it prints goes somewhere else than to whoever gave the command. */
  isRedirected: boolean;
  /** Whether it may run often, or not at all, or has to do with others beside it. */
  isNested: boolean;
  before: Operator;
  after: Operator;
  /** The files that it is redirected to. */
  targets: RedirectTarget[];
  /** What its standard input is redirected from. */
  input: Input | undefined;
}

/** A file, or text that stands in the line itself: a here-document. */
export interface Input {
  kind: 'file' | 'text';
  word: Word;
}

/** A file behind `>` or `>>`. */
export interface RedirectTarget {
  word: Word;
  isAppended: boolean;
}

const MOST_COMMANDS = 300;
const DEEPEST = 4;
const UNKNOWN: Word = { text: '', isExpanded: true };

/** The commands of a shell line, in order, each with its folder. Nothing is executed. */
export function shellCommands(line: string, cwd: string): ShellCommand[] {
  const placing = new Placing(cwd);
  placing.take(piecesOf(line), 0);
  return placing.commands;
}

/** Where a shell is. */
interface Here {
  folder: string | undefined;
  /** Where it was before that: `cd -`. */
  last: string | undefined;
}

/** Follows a line from folder to folder. */
class Placing {
  readonly commands: ShellCommand[] = [];
  private readonly budget = budgetOfLine();
  private here: Here;
  /** Folders that the line itself makes. */
  private readonly made = new Set<string>();

  constructor(cwd: string) {
    this.here = { folder: cwd, last: undefined };
  }

  take(pieces: readonly Piece[], depth: number): void {
    const outer: Here[] = [];
    for (const piece of pieces) {
      if (this.commands.length >= MOST_COMMANDS) return;
      if (piece === 'open') outer.push({ ...this.here });
      else if (piece === 'close') this.here = outer.pop() ?? this.here;
      else this.place(piece, depth);
    }
  }

  private place(given: SimpleCommand, depth: number): void {
    const { words, folder: into, isContinued } = unwrapped(given.words);
    const isPiped = given.before === '|' || given.after === '|';
    const outer = { ...this.here };
    if (into !== undefined) this.here.folder = this.folderNamed(into);
    const inner = depth < DEEPEST ? lineIn(words) : undefined;
    if (inner !== undefined) {
      const pieces = piecesOf(inner.line, depth + 1);
      this.take(pieces, depth + 1);
      if (inner.isOwnShell || isPiped) this.here = outer;
    }
    const command = commandOf(given, words, this.here.folder, isContinued);
    this.commands.push(command);
    this.here = into === undefined ? this.here : outer;
    const isElsewhere = isPiped || given.after === '&';
    if (!isElsewhere) this.goOn(command);
  }

  private goOn({ name, args, after }: ShellCommand): void {
    if (name === 'mkdir' || name === 'git') this.noteMade(args);
    if (name === 'popd') this.enter(this.here.last);
    if (name !== 'cd' && name !== 'pushd') return;
    const word = args.find(({ text }) => text === '-' || !text.startsWith('-'));
    if (word?.text === '-') return this.enter(this.here.last);
    const folder = word === undefined ? homedir() : this.folderNamed(word);
    if (folder === undefined || isFolder(folder)) return this.enter(folder);
    // It fails, unless the line makes that folder first: then nothing of anybody is in it.
    if (after === '&&' || this.made.has(folder)) this.enter(undefined);
  }

  private enter(folder: string | undefined): void {
    this.here = { folder, last: this.here.folder };
  }

  /** A pattern names a folder where only one thing is called so. */
  private folderNamed(word: Word): string | undefined {
    const { text, isExpanded, pattern } = word;
    if (isExpanded) return undefined;
    if (pattern !== undefined) {
      const [named, another] =
        withoutBraces(word).length === 1 ? filesNamedBy(this.here.folder, word, 2, this.budget) : [];
      return another === undefined ? named : undefined;
    }
    if (text.startsWith('/')) return resolve(text);
    return this.here.folder === undefined ? undefined : resolve(this.here.folder, text);
  }

  private noteMade(args: readonly Word[]): void {
    for (const arg of args) {
      if (arg.pattern !== undefined) continue;
      // `git clone URL` names a folder after the last part of it.
      const last = {
        ...arg,
        text: arg.text
          .replace(/\/+$/, '')
          .replace(/^.*[/:]/s, '')
          .replace(/\.git$/, ''),
      };
      for (const folder of [this.folderNamed(arg), this.folderNamed(last)])
        if (folder !== undefined) this.made.add(folder);
    }
  }
}

function commandOf(
  { redirects, before, after, isNested }: SimpleCommand,
  words: readonly Word[],
  folder: string | undefined,
  isContinued: boolean,
): ShellCommand {
  const name = programOf(words[0]);
  const args = [...words.slice(1), ...(isContinued ? [UNKNOWN] : [])];
  const clear = args.filter(({ isExpanded, pattern }) => !isExpanded && pattern === undefined);
  const outs = redirects.filter(({ arrow }) => !arrow.startsWith('<'));
  return {
    ...{ name, args, folder, before, after, isNested },
    words: [name, ...clear.map(({ text }) => text)],
    isRedirected: after === '|' || outs.some(({ from }) => from === '1' || from === '&'),
    targets: outs.flatMap(({ arrow, file }) =>
      file === undefined ? [] : [{ word: file, isAppended: arrow === '>>' }],
    ),
    input: inputOf(redirects),
  };
}

/** Of several, the last one holds. */
function inputOf(redirects: readonly Redirect[]): Input | undefined {
  const last = redirects.filter(({ arrow, from }) => arrow.startsWith('<') && from === '0').at(-1);
  if (last?.file === undefined) return undefined;
  return { kind: last.arrow === '<' ? 'file' : 'text', word: last.file };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
