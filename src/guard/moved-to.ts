import { basename, join } from 'node:path';
import { AtWork } from './at-work.js';
import { isFolder } from './content.js';
import type { Guard, Step } from './guard.js';
import { moveIn } from './moves.js';
import type { ShellCommand } from './shell-commands.js';
import { budgetOfLine, filesNamedBy, type Budget } from './shell-globs.js';
import type { WrittenFile } from './shell-writes.js';
import { targetOf } from './target.js';

const MOST_FILES = 100;

/**
 * The files that a shell line moves or copies without naming them as they will be called: into a folder, or with one. Of
 * what is in a folder, those that somebody has at work.
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
    const move = moveIn(command);
    if (move === undefined) continue;
    const { folder, target, isFolderGiven, isCopy } = move;
    const [to] = filesNamedBy(folder, target, 1, budget);
    if (to === undefined) continue;
    const sources = move.sources.flatMap((word) => filesNamedBy(folder, word, MOST_FILES, budget));
    const isInto =
      isFolderGiven || sources.length > 1 || target.text.endsWith('/') || made.has(to) || isFolder(to);
    for (const source of sources) {
      const becomes = isInto ? join(to, basename(source)) : to;
      if (isInto) files.push(becomes);
      if (!isFolder(source)) continue;
      for (const below of await workBelow(guard, step, source, atWork))
        files.push(...(isCopy ? [] : [join(source, below)]), join(becomes, below));
    }
  }
  return files.slice(0, MOST_FILES).map((path) => ({ path, isText: false }));
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
