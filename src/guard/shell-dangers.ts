import { ANY, THROWS_AWAY, type Danger } from './danger.js';
import { gitCommandIn } from './git-command.js';
import { gitDanger } from './git-dangers.js';
import type { ShellCommand } from './shell-commands.js';
import { mayBeNamedBy, namedBy, names, withoutLinks, type NamedFiles } from './shell-globs.js';
import type { Word } from './shell-words.js';
import { fits } from './wildcard.js';

const INSTEAD = 'Remove only what you have made yourself';

/** What in a shell line would throw away work of others in a checkout of the repository. Nothing is executed. */
export function dangersIn(commands: readonly ShellCommand[]): Danger[] {
  return commands.flatMap((command) => {
    const git = gitCommandIn(command);
    const danger = git === undefined ? removal(command) : gitDanger(git);
    return danger === undefined ? [] : [danger];
  });
}

function removal(command: ShellCommand): Danger | undefined {
  const { name, args } = command;
  switch (name) {
    case 'rm':
    case 'unlink':
    case 'shred':
      return ofFiles(name, namesIn(command, args));
    case 'truncate':
      return ofFiles(
        name,
        namesIn(command, withoutValues(args, new Set(['-s', '--size', '-r', '--reference']))),
      );
    case 'mv':
      return movedAway(command);
    case 'find':
      return foundAndRemoved(command);
    default:
      return undefined;
  }
}

function namesIn({ folder }: ShellCommand, args: readonly Word[]): NamedFiles[] {
  const dashes = args.findIndex(({ text }) => text === '--');
  return args
    .filter(({ text }, at) => (dashes !== -1 && at > dashes) || !text.startsWith('-'))
    .flatMap((word) => mayBeNamedBy(folder, word));
}

/** Without the words that are the value of the option before them. */
function withoutValues(args: readonly Word[], valued: ReadonlySet<string>): Word[] {
  return args.filter((_, at) => !valued.has(args[at - 1]?.text ?? ''));
}

function ofFiles(what: string, named: readonly NamedFiles[], more: Partial<Danger> = {}): Danger | undefined {
  if (named.length === 0) return undefined;
  const real = named.map(withoutLinks);
  return {
    ...{
      what,
      harm: THROWS_AWAY,
      instead: INSTEAD,
      place: { roots: real.map(({ root }) => root) },
      takes: ANY,
    },
    paths: named.map(({ root }) => root),
    isNamed: (file) => real.some((each) => names(each, file)),
    ...more,
  };
}

/** What is moved within its checkout stays in it; out of it, nobody finds it any more. */
function movedAway(command: ShellCommand): Danger | undefined {
  const { args, folder } = command;
  const at = args.findIndex(({ text }) => text === '-t' || text === '--target-directory');
  const moved = withoutValues(args, new Set(['-t', '--target-directory', '-S', '--suffix'])).filter(
    ({ text }) => !text.startsWith('-'),
  );
  const target = at === -1 ? moved.pop() : args[at + 1];
  const [to] = target === undefined ? [] : namedBy(folder, target);
  if (to === undefined) return undefined;
  const { root } = withoutLinks(to);
  const danger = ofFiles('mv', namesIn(command, moved), { instead: 'Move only what you have made yourself' });
  return (
    danger && {
      ...danger,
      isNamed: (file, checkout) => !isAtOrBelow(root, checkout) && danger.isNamed?.(file, checkout) === true,
    }
  );
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

const REMOVERS = new Set(['rm', 'unlink', 'shred', 'truncate']);
/** Tests of `find` that are looked at, or of which it does not matter whether they hold. */
const FOLLOWED = new Set([
  ...[
    '-name',
    '-iname',
    '-type',
    '-maxdepth',
    '-mindepth',
    '-print',
    '-print0',
    '-delete',
    '-depth',
    '-o',
    '-or',
    '-a',
  ],
  ...['-exec', '-execdir', '-f', '-rf', '-r', '-xdev', '-mount', '-follow'],
]);

/** `find … -delete`, `find … -exec rm`: what its tests on names let through; of other tests nothing is known before it runs. */
function foundAndRemoved({ args, folder }: ShellCommand): Danger | undefined {
  const first = args.findIndex(({ text }) => /^[-!(]/.test(text));
  if (first === -1) return undefined;
  const tests = args.slice(first);
  const isDeleted = tests.some(({ text }) => text === '-delete');
  const isRemoved = tests.some(
    ({ text }, at) => /^-exec(?:dir)?$/.test(text) && REMOVERS.has(tests[at + 1]?.text ?? ''),
  );
  const isClear = tests.every(
    ({ text, isExpanded }) => !isExpanded && (!/^[-!]/.test(text) || FOLLOWED.has(text)),
  );
  // `-delete` takes no folder in which anything is.
  const isNothing = !isRemoved && (!isDeleted || valuesOf(tests, '-type').some(({ text }) => text === 'd'));
  if (isNothing || !isClear) return undefined;
  const starts = first === 0 ? [{ text: '.', isExpanded: false }] : args.slice(0, first);
  const danger = ofFiles(
    'find',
    starts.flatMap((word) => mayBeNamedBy(folder, word)),
  );
  const wanted = [...valuesOf(tests, '-name'), ...valuesOf(tests, '-iname')].map(({ text }) =>
    text.toLowerCase(),
  );
  const isWanted = (file: string, checkout: string): boolean => {
    const parts = file
      .slice(checkout.length + 1)
      .toLowerCase()
      .split('/');
    const looked = isRemoved ? parts : parts.slice(-1);
    return wanted.length === 0 || looked.some((part) => wanted.some((pattern) => fits(pattern, part)));
  };
  return (
    danger && {
      ...danger,
      isNamed: (file, checkout) => isWanted(file, checkout) && danger.isNamed?.(file, checkout) === true,
    }
  );
}

function valuesOf(args: readonly Word[], option: string): Word[] {
  return args.filter((_, at) => args[at - 1]?.text === option);
}
