import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { Arguments } from './arguments.js';
import { worktreeNamed } from './checkouts.js';
import { ANY, TAKE_BACK, THROWS_AWAY, type Danger, type Tracking } from './danger.js';
import type { GitCommand } from './git-command.js';
import { ignoreRules } from './ignore-rules.js';
import { pathspecs } from './pathspec.js';
import type { Word } from './shell-words.js';

/** What a command of git would do, without where. */
type Finding = Partial<Pick<Danger, 'harm' | 'takes' | 'branch' | 'seenAs' | 'sparesNewFolders'>> & {
  what: string;
  instead: string;
  /** The files that it touches; absent where it touches the whole checkout. */
  specs?: readonly Word[];
  /** Where it acts, if elsewhere; absolute. */
  folder?: string;
};

/** What a command of git would throw away; undefined where it keeps all that is not committed. */
export function gitDanger(command: GitCommand): Danger | undefined {
  if (command.folder === undefined || !Object.hasOwn(DANGERS, command.name)) return undefined;
  if (new Arguments(command.args).has('--help')) return undefined;
  const found = DANGERS[command.name]?.(command, command.folder);
  if (found === undefined) return undefined;
  const { specs, folder: elsewhere, ...rest } = found;
  const folder = withoutLinks(elsewhere ?? command.folder);
  return {
    ...{ harm: THROWS_AWAY, takes: ['tracked'], place: { folder }, paths: [folder] },
    ...(specs === undefined ? {} : { isNamed: pathspecs(folder, specs) }),
    ...rest,
  };
}

function withoutLinks(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}

const STASHES = new Set(['push', 'save']);
const KEEPS = new Set(['list', 'show', 'drop', 'clear', 'create', 'store']);

function stash({ args }: GitCommand): Finding | undefined {
  const options = new Arguments(args, 'm --message --pathspec-from-file');
  const [first, ...names] = options.names;
  const action = first?.text ?? 'push';
  if (KEEPS.has(action)) return undefined;
  const found = { what: 'git stash', instead: 'Commit your own files: git commit -m "…" -- PATH…' };
  // What is brought back is put beside what is there, or not at all.
  if (first !== undefined && !first.isExpanded && !STASHES.has(action))
    return { ...found, what: `git stash ${action}`, takes: [] };
  if (options.has('--pathspec-from-file')) return undefined;
  const takes: Tracking[] = [options.has('-S', '--staged') ? 'staged' : 'tracked'];
  if (options.has('-u', '--include-untracked', '-a', '--all')) takes.push('offered');
  if (options.has('-a', '--all')) takes.push('ignored');
  // The words of `save` are its message.
  const specs = options.afterDashes ?? (action === 'push' ? names : []);
  return { ...found, takes, ...limited(specs) };
}

function limited(specs: readonly Word[]): { specs?: readonly Word[] } {
  return specs.length === 0 ? {} : { specs };
}

function reset({ args }: GitCommand): Finding | undefined {
  const options = new Arguments(args);
  const found = { what: 'git reset --hard', instead: 'Take back your own files: git restore -- PATH…' };
  if (options.has('--hard')) return found;
  if (options.has('--merge')) return { ...found, what: 'git reset --merge', takes: ['staged'] };
  return options.has('--keep') ? { ...found, what: 'git reset --keep', takes: [] } : undefined;
}

function clean({ args, folder }: GitCommand): Finding | undefined {
  const options = new Arguments(args, 'e --exclude');
  if (!options.has('-f', '--force') || options.has('-n', '--dry-run')) return undefined;
  const { given } = options;
  const rule = ignoreRules(options.valuesOf('-e', '--exclude').map(({ text }) => text));
  return {
    ...{ what: 'git clean', instead: 'Remove your own files by name: rm PATH…' },
    takes: options.has('-X') ? ['ignored'] : ['offered'],
    // With `-x` no other rules hold.
    seenAs: options.has('-x') ? (path) => rule(path) ?? 'offered' : rule,
    sparesNewFolders: !options.has('-d') && given.length === 0,
    // Of itself it goes no further up than where it is.
    specs: given.length === 0 && folder !== undefined ? [{ text: '.', isExpanded: false }] : given,
  };
}

function restore({ args }: GitCommand): Finding | undefined {
  const options = new Arguments(args, 's --source --pathspec-from-file');
  const isIndexOnly = options.has('--staged', '-S') && !options.has('--worktree', '-W');
  return isIndexOnly ? undefined : ofPaths('git restore', options.given);
}

function ofPaths(what: string, specs: readonly Word[]): Finding | undefined {
  const isAll = specs.some(({ text }) => text === '.' || text === ':/');
  return specs.length === 0 ? undefined : { what: isAll ? `${what} .` : what, instead: TAKE_BACK, specs };
}

function checkout({ args }: GitCommand, folder: string): Finding | undefined {
  const options = new Arguments(args, 'bB --orphan --conflict --pathspec-from-file');
  const { names, afterDashes } = options;
  const isForced = options.has('-f', '--force');
  const isNew = options.has('-b', '-B', '--orphan');
  if (afterDashes !== undefined && afterDashes.length > 0) return ofPaths('git checkout', afterDashes);
  const [first, ...rest] = names;
  if (!isNew && first !== undefined) {
    if (isPath(folder, first)) return ofPaths('git checkout', names);
    if (rest.length > 0) return ofPaths('git checkout', rest);
  }
  if (isForced) return { what: 'git checkout --force', instead: TAKE_BACK };
  if (options.has('-d', '--detach')) return detached('git checkout --detach');
  return isNew || first === undefined || first.text === 'HEAD' ? undefined : toBranch('git checkout', first);
}

/** What is there, or a pattern: no branch is called so. */
function isPath(folder: string, { text, isExpanded, pattern }: Word): boolean {
  return pattern !== undefined || (!isExpanded && (/[*?[]/.test(text) || existsSync(resolve(folder, text))));
}

const OTHER_CHECKOUT = 'Use another checkout for another branch: git worktree add PATH BRANCH';

function toBranch(what: string, { text, isExpanded }: Word): Finding {
  return {
    ...{ what, harm: 'would take to another branch the work of', takes: ['tracked', 'offered'] },
    ...{ instead: OTHER_CHECKOUT, ...(isExpanded ? {} : { branch: text }) },
  };
}

function detached(what: string): Finding {
  const harm = 'would take off its branch the work of';
  return { what, harm, takes: ['tracked', 'offered'], instead: OTHER_CHECKOUT };
}

function switchTo({ args }: GitCommand): Finding | undefined {
  const options = new Arguments(args, 'cC --create --force-create --orphan --conflict');
  if (options.has('-f', '--force', '--discard-changes'))
    return { what: 'git switch --discard-changes', instead: TAKE_BACK };
  if (options.has('-d', '--detach')) return detached('git switch --detach');
  const isNew = options.has('-c', '-C', '--create', '--force-create', '--orphan');
  const [first] = options.names;
  return isNew || first === undefined ? undefined : toBranch('git switch', first);
}

function remove({ args }: GitCommand): Finding | undefined {
  const options = new Arguments(args, ' --pathspec-from-file');
  // Without force it keeps whatever is not committed.
  if (!options.has('-f', '--force') || options.has('--cached', '-n', '--dry-run')) return undefined;
  const { given: specs } = options;
  return specs.length === 0
    ? undefined
    : { what: 'git rm --force', instead: 'Remove only what you have made yourself', specs };
}

function commit({ args, isWithoutHooks }: GitCommand): Finding | undefined {
  const options = new Arguments(
    args,
    'mFCct --message --file --author --date --template --fixup --squash --reuse-message --reedit-message --cleanup --trailer --pathspec-from-file',
    'uS',
  );
  if (!isWithoutHooks && !options.has('-n', '--no-verify')) return undefined;
  return {
    what: isWithoutHooks ? 'git -c core.hooksPath=… commit' : 'git commit --no-verify',
    harm: 'would go past the check that keeps out of your commit the work of',
    instead: 'Commit with its hooks, and your own files only: git commit -m "…" -- PATH…',
    takes: ['tracked', 'offered'],
    ...limited(options.given),
  };
}

function push({ args }: GitCommand): Finding | undefined {
  const options = new Arguments(args, 'o --push-option --repo --receive-pack --exec');
  const isForced =
    options.has('-f', '--force', '--force-with-lease') ||
    options.names.some(({ text }) => text.startsWith('+'));
  if (!isForced || options.has('-n', '--dry-run')) return undefined;
  return {
    ...{ what: 'git push --force', harm: 'may drop what others have pushed, among them', takes: ANY },
    instead: 'Push without force, after git pull --rebase',
  };
}

function worktree({ args }: GitCommand, here: string): Finding | undefined {
  const options = new Arguments(args);
  const [action, name] = options.names;
  if (action?.text !== 'remove' || name?.isExpanded !== false || !options.has('-f', '--force'))
    return undefined;
  const folder = worktreeNamed(here, name.text);
  if (folder === undefined) return undefined;
  return {
    ...{ what: 'git worktree remove --force', instead: 'Leave the worktree, or remove it without --force' },
    ...{ takes: ANY, folder },
  };
}

const OWN_WORKTREE = 'Do it in a worktree of your own: git worktree add PATH';

/** A rebase that is given up resets all; the others keep what is not staged. */
function givenUp({ name, args }: GitCommand): Finding | undefined {
  const options = new Arguments(args);
  const way = ['--abort', '--skip'].find((each) => options.has(each));
  if (way === undefined) return undefined;
  return {
    ...{ what: `git ${name} ${way}`, instead: OWN_WORKTREE },
    takes: [name === 'rebase' ? 'tracked' : 'staged'],
  };
}

function autostash({ name, args }: GitCommand): Finding | undefined {
  const options = new Arguments(args);
  if (!options.has('--autostash') || options.has('--no-autostash')) return undefined;
  return {
    ...{ what: `git ${name} --autostash`, instead: OWN_WORKTREE },
    harm: 'would stash, and where it does not fit any more leave in the stash, the work of',
  };
}

const DANGERS: Record<string, (command: GitCommand, folder: string) => Finding | undefined> = {
  ...{ stash, reset, clean, restore, checkout, switch: switchTo, rm: remove, commit, push, worktree },
  ...{ 'cherry-pick': givenUp, revert: givenUp, pull: autostash },
  rebase: (command) => givenUp(command) ?? autostash(command),
  merge: (command) => givenUp(command) ?? autostash(command),
  'read-tree': ({ args }) => {
    const options = new Arguments(args);
    return options.has('--reset') && options.has('-u')
      ? { what: 'git read-tree --reset -u', instead: TAKE_BACK }
      : undefined;
  },
  'checkout-index': ({ args }) => {
    const options = new Arguments(args);
    if (!options.has('-f', '--force')) return undefined;
    if (options.has('-a', '--all')) return { what: 'git checkout-index --all', instead: TAKE_BACK };
    return ofPaths('git checkout-index', options.given);
  },
};
