import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

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
