import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { locateRepository } from '../git/index.js';

const MOST = 100;

/** The checkouts of a repository: its main one, and those of its worktrees that are there. Absolute, without links. */
export function checkoutsOf(commonDir: string): string[] {
  const main = basename(commonDir) === '.git' ? [dirname(commonDir)] : [];
  const linked = namesIn(join(commonDir, 'worktrees'))
    .slice(0, MOST)
    .flatMap((name) => {
      const checkout = ifThere(() =>
        dirname(readFileSync(join(commonDir, 'worktrees', name, 'gitdir'), 'utf8').trim()),
      );
      const real = checkout === undefined ? undefined : ifThere(() => realpathSync(checkout));
      return real === undefined ? [] : [real];
    });
  return [...main, ...linked];
}

/**
 * The checkout of a worktree that a name means to git, given in a folder: the only one whose path ends so, or the one
 * that is there. The main checkout is no worktree. Undefined where git finds none.
 */
export function worktreeNamed(folder: string, name: string): string | undefined {
  const commonDir = ifThere(() => locateRepository(folder)?.commonDir);
  if (commonDir === undefined) return undefined;
  const checkouts = checkoutsOf(commonDir);
  const [ending, ...others] = checkouts.filter((each) => each.endsWith(`/${name}`));
  const named =
    ending !== undefined && others.length === 0 ? ending : ifThere(() => realpathSync(resolve(folder, name)));
  return named !== undefined && checkouts.includes(named) && named !== dirname(commonDir) ? named : undefined;
}

function namesIn(folder: string): string[] {
  return ifThere(() => readdirSync(folder)) ?? [];
}

/** What cannot be read is none of those that are there. */
function ifThere<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
