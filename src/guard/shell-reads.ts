import { resolve } from 'node:path';
import type { ShellCommand } from './shell-words.js';

/** A file that a command shows. */
export interface ShownFile {
  /** Absolute. */
  path: string;
  whole: boolean;
}

/** Commands that show the files they name: all of them, or parts. */
const SHOWS = new Map([
  ['cat', true],
  ...['head', 'tail', 'sed', 'grep', 'egrep', 'fgrep', 'rg', 'less', 'more', 'bat', 'nl', 'awk', 'wc'].map(
    (name) => [name, false] as const,
  ),
]);
const GIT_SHOWS = new Set(['show', 'diff', 'blame', 'log']);
const MOST_FILES = 50;

/** The words of a shell line that may name files which it shows, by what they would name. */
export function shownBy(commands: readonly ShellCommand[], cwd: string): ShownFile[] {
  const files: ShownFile[] = [];
  let folder = cwd;
  for (const { words, isRedirected } of commands) {
    const [name = '', first = ''] = words;
    if (name === 'cd' && first !== '') folder = resolve(folder, first);
    const isGit = name === 'git' && GIT_SHOWS.has(first);
    const all = isGit ? false : SHOWS.get(name);
    if (all === undefined) continue;
    // `sed -i` writes; what it does is found afterwards.
    if (name === 'sed' && words.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word))) continue;
    if (isRedirected && all) {
      files.push(...named(words, folder, false));
      continue;
    }
    files.push(...named(words, folder, all));
  }
  return files.slice(0, MOST_FILES);
}

function named(words: readonly string[], folder: string, whole: boolean): ShownFile[] {
  return words
    .slice(1)
    .filter((word) => word !== '' && !word.startsWith('-') && word.length < 1_000)
    .map((word) => ({ path: resolve(folder, word), whole }));
}
