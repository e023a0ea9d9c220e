import { Arguments } from './arguments.js';
import { ANY, THROWS_AWAY, type Danger } from './danger.js';
import { foundAndRemoved, takesFolders } from './find-danger.js';
import { gitCommandIn } from './git-command.js';
import { gitDanger } from './git-dangers.js';
import { moveIn } from './moves.js';
import type { IsNamed } from './pathspec.js';
import type { ShellCommand } from './shell-commands.js';
import { isItself, mayBeNamedBy, namedBy, names, withoutLinks, type NamedFiles } from './shell-globs.js';
import type { Word } from './shell-words.js';

/** What in a shell line would throw away work of others in a checkout of the repository. Nothing is executed. */
export function dangersIn(commands: readonly ShellCommand[]): Danger[] {
  return commands.flatMap((command) => {
    const git = gitCommandIn(command);
    const danger = git === undefined ? removal(command) : gitDanger(git);
    return danger === undefined ? [] : [danger];
  });
}

function removal(command: ShellCommand): Danger | undefined {
  switch (command.name) {
    case 'rm':
    case 'unlink':
      return removed(command, '');
    case 'shred':
      return removed(command, 'ns --iterations --size --random-source');
    case 'truncate':
      return removed(command, 'rs --reference --size');
    case 'mv':
      return movedAway(command);
    case 'find':
      return ofFind(command);
    default:
      return undefined;
  }
}

/** @param valued As {@link Arguments} takes it. */
function removed({ name, args, folder }: ShellCommand, valued: string): Danger | undefined {
  const named = namedIn(folder, new Arguments(args, valued).given);
  const isNamed = takesFolders(name, args) ? names : isItself;
  return ofFiles(name, named, (file) => named.some((each) => isNamed(each, file)));
}

function namedIn(folder: string | undefined, words: readonly Word[]): NamedFiles[] {
  return words.flatMap((word) => mayBeNamedBy(folder, word)).map(withoutLinks);
}

/** @param named Without links. */
function ofFiles(what: string, named: readonly NamedFiles[], isNamed: IsNamed): Danger | undefined {
  if (named.length === 0) return undefined;
  const roots = named.map(({ root }) => root);
  return {
    ...{ what, harm: THROWS_AWAY, instead: 'Remove only what you have made yourself', takes: ANY },
    ...{ place: { roots }, paths: roots, isNamed },
  };
}

/** What is moved within its checkout stays in it; out of it, nobody finds it any more. */
function movedAway(command: ShellCommand): Danger | undefined {
  const move = moveIn(command);
  if (move === undefined) return undefined;
  const [to] = namedBy(move.folder, move.target);
  if (to === undefined) return undefined;
  const { root } = withoutLinks(to);
  const named = namedIn(move.folder, move.sources);
  const danger = ofFiles(
    'mv',
    named,
    (file, checkout) => !isAtOrBelow(root, checkout) && named.some((each) => names(each, file)),
  );
  return danger && { ...danger, instead: 'Move only what you have made yourself' };
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function ofFind(command: ShellCommand): Danger | undefined {
  const found = foundAndRemoved(command);
  return found && ofFiles('find', found.named, found.isNamed);
}
