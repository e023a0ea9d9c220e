import { resolve } from 'node:path';
import type { ShellCommand } from './shell-words.js';

/** A file that a command says it writes. */
export interface WrittenFile {
  /** Absolute. */
  path: string;
  /** Whether all that it will hold stands in the command itself, so that whoever gives the command knows it. */
  isText: boolean;
}

/** Commands that print what stands in their words, or in the here-document that they are given. */
const PRINTS = new Set(['cat', 'echo', 'printf']);
const MOST_FILES = 20;

/** The files that a shell line says it writes, behind `>` and `>>` or as words of a command that does, or removes. */
export function writtenBy(commands: readonly ShellCommand[], cwd: string): WrittenFile[] {
  const files: WrittenFile[] = [];
  let folder = cwd;
  for (const { words, targets } of commands) {
    const [name = '', first = ''] = words;
    if (name === 'cd' && first !== '') folder = resolve(folder, first);
    const isPrinted = PRINTS.has(name) && (name !== 'cat' || words.length === 1);
    for (const target of targets)
      files.push({ path: resolve(folder, target.name), isText: isPrinted && !target.isAppended });
    for (const named of namedBy(words)) files.push({ path: resolve(folder, named), isText: false });
  }
  return files.filter(({ path }) => !path.startsWith('/dev/')).slice(0, MOST_FILES);
}

function namedBy([name = '', ...args]: readonly string[]): string[] {
  const names = args.filter((arg) => arg !== '' && !arg.startsWith('-') && arg.length < 1_000);
  switch (name) {
    case 'sed':
      return args.some((arg) => /^-[a-zA-Z]*i|^--in-place/.test(arg)) ? names : [];
    case 'tee':
    case 'rm':
    case 'mv':
    case 'touch':
      return names;
    case 'cp':
      return names.slice(-1);
    default:
      return [];
  }
}
