import { Arguments } from './arguments.js';
import { gitCommandIn } from './git-command.js';
import type { ShellCommand } from './shell-commands.js';
import type { Word } from './shell-words.js';

/** What `mv`, `git mv` or `cp` is given. */
export interface Move {
  /** What the words start from; undefined where only a run would tell. */
  folder: string | undefined;
  sources: Word[];
  target: Word;
  /** Whether the target is a folder in any case: `-t FOLDER`. */
  isFolderGiven: boolean;
  isCopy: boolean;
}

/** What a command moves or copies, and where to; undefined where it does neither. */
export function moveIn(command: ShellCommand): Move | undefined {
  const { name, args, folder } = command;
  if (name === 'mv' || name === 'cp')
    return moveOf(folder, new Arguments(args, 'tS --target-directory --suffix'), name === 'cp');
  const git = gitCommandIn(command);
  if (git?.name !== 'mv') return undefined;
  const options = new Arguments(git.args);
  return options.has('-n', '--dry-run') ? undefined : moveOf(git.folder, options, false);
}

function moveOf(folder: string | undefined, options: Arguments, isCopy: boolean): Move | undefined {
  const [given] = options.valuesOf('-t', '--target-directory');
  const sources = options.given;
  const target = given ?? sources.pop();
  if (target === undefined) return undefined;
  return { folder, sources, target, isFolderGiven: given !== undefined, isCopy };
}
