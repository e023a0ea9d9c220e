import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ShellCommand } from './shell-words.js';

/** A command that throws work away, or goes past what protects it. */
export interface Danger {
  /** As it would be given, shortened: `git stash`. */
  what: string;
  /** The files that it touches, absolute; absent where it touches the whole checkout. */
  paths?: string[];
  /** What does the same without taking anything from others. */
  instead: string;
}

/** What in a shell line would throw away work of others in the same checkout. Nothing is executed. */
export function dangersIn(commands: readonly ShellCommand[], cwd: string): Danger[] {
  const found: Danger[] = [];
  let folder = cwd;
  for (const { words } of commands) {
    const [name, ...rest] = words;
    if (name === 'cd' && rest[0] !== undefined) folder = resolve(folder, rest[0]);
    const danger =
      name === 'git' ? gitDanger(rest, folder) : name === 'rm' ? removal(rest, folder) : undefined;
    if (danger !== undefined) found.push(danger);
  }
  return found;
}

/** A command of git, with its words sorted. */
class GitCommand {
  readonly options: string[];
  readonly names: string[];

  constructor(
    readonly args: readonly string[],
    readonly folder: string,
  ) {
    this.options = args.filter((arg) => arg.startsWith('-'));
    this.names = args.filter((arg) => !arg.startsWith('-'));
  }

  has(...wanted: string[]): boolean {
    return this.options.some((option) => wanted.some((name) => option === name || isAmong(option, name)));
  }

  /** The paths behind `--`. */
  get afterDashes(): string[] | undefined {
    const at = this.args.indexOf('--');
    return at === -1 ? undefined : this.args.slice(at + 1);
  }
}

/** A letter among those of one short option: `-fdx` has `-f`. */
function isAmong(option: string, name: string): boolean {
  return /^-[a-zA-Z]$/.test(name) && /^-[a-zA-Z]+$/.test(option) && option.includes(name.charAt(1));
}

const KEEPS_FILES = new Set(['list', 'show', 'drop', 'clear', 'create', 'store']);

const SWITCH: Danger = {
  what: 'git switch',
  instead: 'Use another checkout for another branch: git worktree add PATH BRANCH',
};

const GIT: Record<string, (command: GitCommand) => Danger | undefined> = {
  stash: ({ names }) =>
    KEEPS_FILES.has(names[0] ?? '')
      ? undefined
      : { what: 'git stash', instead: 'Commit your own files: git commit -m "…" -- PATH…' },
  reset: (command) =>
    command.has('--hard', '--merge', '--keep')
      ? { what: 'git reset --hard', instead: 'Take back your own files: git restore -- PATH…' }
      : undefined,
  clean: (command) =>
    command.has('--force', '-f') && !command.has('--dry-run', '-n')
      ? { what: 'git clean', instead: 'Remove your own files by name: rm PATH…' }
      : undefined,
  restore: (command) =>
    command.has('--staged', '-S') && !command.has('--worktree', '-W')
      ? undefined
      : ofPaths('git restore', command.afterDashes ?? command.names, command.folder),
  checkout: (command) => {
    if (command.has('-b', '-B', '--orphan')) return undefined;
    const paths = command.afterDashes ?? command.names;
    const isBranch =
      command.afterDashes === undefined && !paths.every((path) => existsSync(resolve(command.folder, path)));
    return isBranch ? SWITCH : ofPaths('git checkout', paths, command.folder);
  },
  switch: (command) =>
    command.has('--create', '-c', '-C')
      ? undefined
      : {
          what: 'git switch',
          instead: 'Use another checkout for another branch: git worktree add PATH BRANCH',
        },
  commit: (command) =>
    command.has('--no-verify', '-n')
      ? { what: 'git commit --no-verify', instead: 'Commit without --no-verify' }
      : undefined,
  push: (command) =>
    command.has('--force', '-f', '--force-with-lease') || command.names.some((name) => name.startsWith('+'))
      ? { what: 'git push --force', instead: 'Push without force, after git pull --rebase' }
      : undefined,
};

/** A command line of git, taken apart: `-C FOLDER NAME ARGS…`. */
export function gitCommandIn(
  words: readonly string[],
  cwd: string,
): { name: string; args: string[]; folder: string } {
  let folder = cwd;
  const rest = [...words];
  while (rest[0]?.startsWith('-') === true) {
    const option = rest.shift();
    if (option === '-C') folder = resolve(folder, rest.shift() ?? '.');
    else if (option === '-c' || option === '--git-dir' || option === '--work-tree') rest.shift();
  }
  const [name = '', ...args] = rest;
  return { name, args, folder };
}

function gitDanger(words: readonly string[], cwd: string): Danger | undefined {
  const { name, args, folder } = gitCommandIn(words, cwd);
  return Object.hasOwn(GIT, name) ? GIT[name]?.(new GitCommand(args, folder)) : undefined;
}

const TAKE_BACK = 'Take back only what you have changed yourself';

function ofPaths(what: string, paths: readonly string[], folder: string): Danger | undefined {
  if (paths.length === 0) return undefined;
  if (paths.includes('.') || paths.includes(':/')) return { what: `${what} .`, instead: TAKE_BACK };
  return { what, paths: paths.map((path) => resolve(folder, path)), instead: TAKE_BACK };
}

function removal(args: readonly string[], folder: string): Danger | undefined {
  const paths = args.filter((arg) => !arg.startsWith('-')).map((path) => resolve(folder, path));
  return paths.length === 0
    ? undefined
    : { what: 'rm', paths, instead: 'Remove only what you have made yourself' };
}
