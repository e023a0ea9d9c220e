import { basename, join } from 'node:path';
import { Arguments } from './arguments.js';
import { AtWork } from './at-work.js';
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
  const atWork = new AtWork(guard.store);
  const made = new Set(
    commands.filter(({ name }) => name === 'mkdir').flatMap((command) => namesIn(command, budget)),
  );
  const files: string[] = [];
  for (const command of commands) {
    const { folder, moved, target, isFolderGiven } = moveIn(command);
    const [to] = target === undefined ? [] : filesNamedBy(folder, target, 1, budget);
    if (target === undefined || to === undefined) continue;
    const sources = moved.flatMap((word) => filesNamedBy(folder, word, MOST_FILES, budget));
    const isInto =
      isFolderGiven || sources.length > 1 || target.text.endsWith('/') || made.has(to) || isFolder(to);
    for (const source of sources) {
      const becomes = isInto ? join(to, basename(source)) : to;
      if (isInto) files.push(becomes);
      if (!isFolder(source)) continue;
      for (const below of await workBelow(guard, step, source, atWork))
        files.push(join(source, below), join(becomes, below));
    }
  }
  return files.slice(0, MOST_FILES).map((path) => ({ path, isText: false }));
}

interface Move {
  folder: string | undefined;
  moved: Word[];
  /** Absent where nothing is moved. */
  target: Word | undefined;
  /** Whether that is a folder in any case: `-t FOLDER`. */
  isFolderGiven: boolean;
}

function moveIn(command: ShellCommand): Move {
  const git = gitCommandIn(command);
  if (git?.name === 'mv') return moveOf(git.folder, new Arguments(git.args));
  const args = command.name === 'mv' ? command.args : [];
  return moveOf(command.folder, new Arguments(args, 'tS --target-directory --suffix'));
}

function moveOf(folder: string | undefined, options: Arguments): Move {
  const [given] = options.valuesOf('-t', '--target-directory');
  const moved = options.given;
  const target = given ?? moved.pop();
  return { folder, moved, target, isFolderGiven: given !== undefined };
}

function namesIn({ args, folder }: ShellCommand, budget: Budget): string[] {
  const names = args.filter(({ text }) => !text.startsWith('-'));
  return names.flatMap((word) => filesNamedBy(folder, word, MOST_FILES, budget));
}

/** The files below a folder of a checkout on which sessions are at work, relative to it. */
async function workBelow(
  { commonDir }: Guard,
  { cwd }: Step,
  folder: string,
  atWork: AtWork,
): Promise<string[]> {
  const target = targetOf(commonDir, cwd, folder);
  if (target.where !== 'checkout' || target.path === '') return [];
  const top = `${target.path}/`;
  const paths = (await atWork.in(target.checkout)).map(({ path }) => path);
  return [...new Set(paths)].filter((path) => path.startsWith(top)).map((path) => path.slice(top.length));
}
