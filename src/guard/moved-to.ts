import { basename, join } from 'node:path';
import { workOf } from '../write/index.js';
import { Arguments } from './arguments.js';
import { isFolder } from './content.js';
import { gitCommandIn } from './git-command.js';
import type { Guard, Step } from './guard.js';
import type { ShellCommand } from './shell-commands.js';
import { budgetOfLine, filesNamedBy, type Budget } from './shell-globs.js';
import type { Word } from './shell-words.js';
import type { WrittenFile } from './shell-writes.js';
import { targetOf } from './target.js';

const MOST_FILES = 100;

/**
 * The files that a shell line moves without naming them as they will be called: into a folder, or with one. Of what is in
 * a folder, those that somebody has at work.
 */
export async function movedTo(
  guard: Guard,
  step: Step,
  commands: readonly ShellCommand[],
): Promise<WrittenFile[]> {
  const budget = budgetOfLine();
  const made = new Set(
    commands.filter(({ name }) => name === 'mkdir').flatMap((command) => namesIn(command, budget)),
  );
  const files: string[] = [];
  for (const command of commands) {
    const { folder, words } = movesIn(command);
    const target = words.at(-1);
    const [to] = target === undefined ? [] : filesNamedBy(folder, target, 1, budget);
    if (target === undefined || to === undefined) continue;
    const sources = words.slice(0, -1).flatMap((word) => filesNamedBy(folder, word, MOST_FILES, budget));
    const isInto = sources.length > 1 || target.text.endsWith('/') || made.has(to) || isFolder(to);
    for (const source of sources) {
      const becomes = isInto ? join(to, basename(source)) : to;
      if (isInto) files.push(becomes);
      if (!isFolder(source)) continue;
      for (const below of await workBelow(guard, step, source))
        files.push(join(source, below), join(becomes, below));
    }
  }
  return files.slice(0, MOST_FILES).map((path) => ({ path, isText: false }));
}

/** What a command is given to move, and where to; nothing where it moves nothing. */
function movesIn(command: ShellCommand): { folder: string | undefined; words: Word[] } {
  const git = gitCommandIn(command);
  if (git?.name === 'mv') return { folder: git.folder, words: new Arguments(git.args).given };
  const words = command.args.filter(({ text }) => text !== '' && !text.startsWith('-'));
  return { folder: command.folder, words: command.name === 'mv' ? words : [] };
}

function namesIn({ args, folder }: ShellCommand, budget: Budget): string[] {
  const names = args.filter(({ text }) => !text.startsWith('-'));
  return names.flatMap((word) => filesNamedBy(folder, word, MOST_FILES, budget));
}

/** The files below a folder of a checkout on which sessions are at work, relative to it. */
async function workBelow({ store, commonDir }: Guard, { cwd }: Step, folder: string): Promise<string[]> {
  const target = targetOf(commonDir, cwd, folder);
  if (target.where !== 'checkout' || target.path === '') return [];
  const top = `${target.path}/`;
  const paths = (await workOf(store, target.checkout)).map(({ path }) => path);
  return [...new Set(paths)].filter((path) => path.startsWith(top)).map((path) => path.slice(top.length));
}
