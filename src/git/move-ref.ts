import { CallsheetError } from '../error/index.js';
import type { GitContext } from './context.js';
import { leftRefLock } from './left-ref-lock.js';
import { noObject, objectId } from './object-id.js';
import { isPlainName } from './refs.js';
import type { CommitId } from './repository.js';
import { retryTransient, stderrOf } from './retry.js';
import { runGit } from './run-git.js';

type Place = Pick<GitContext, 'root' | 'moves'>;

/** Takes moves of refs as they come, each in a transaction of its own. */
export const MOVE_REFS: readonly string[] = ['update-ref', '--no-deref', '--stdin', '-z'];

/** Moves a ref from one known place to another; false when it was elsewhere, and nothing is changed then. */
export function updateRef(
  place: Place,
  ref: string,
  to: CommitId,
  expectedOld: CommitId | undefined,
): Promise<boolean> {
  const name = refName(ref);
  const [now, old] = [objectId(to), expectedOld === undefined ? noObject(to) : objectId(expectedOld)];
  const alone = ['update-ref', '--no-deref', '--', name, now, old];
  return compareAndSwap(place, name, expectedOld, `update ${name}\0${now}\0${old}\0`, alone);
}

export function deleteRef(place: Place, ref: string, expectedOld: CommitId): Promise<boolean> {
  const name = refName(ref);
  const old = objectId(expectedOld);
  const alone = ['update-ref', '--no-deref', '-d', '--', name, old];
  return compareAndSwap(place, name, expectedOld, `delete ${name}\0${old}\0`, alone);
}

async function compareAndSwap(
  place: Place,
  ref: string,
  expected: CommitId | undefined,
  move: string,
  alone: string[],
): Promise<boolean> {
  if (await isMoved(place, move)) return true;
  const removeLeftLock = leftRefLock(place.root, ref);
  return retryTransient(async () => {
    try {
      await runGit(place.root, alone);
      return true;
    } catch (error) {
      // The wording of a mismatch differs between versions of git; where the ref is now does not.
      if ((await valueOf(place.root, ref)) !== expected) return false;
      await removeLeftLock();
      throw error;
    }
  });
}

/** False when git refused it: a call of its own says whether the ref is elsewhere, or what else is wrong. */
async function isMoved({ moves }: Place, move: string): Promise<boolean> {
  try {
    await moves.ask(`start\0${move}commit\0`, 'commit: ok\n');
    return true;
  } catch (error) {
    if (stderrOf(error) === undefined) throw error;
    return false;
  }
}

/** What a ref points at, without peeling; undefined when it does not exist. */
async function valueOf(cwd: string, ref: string): Promise<string | undefined> {
  const { stdout } = await runGit(cwd, ['for-each-ref', '--format=%(refname) %(objectname)', '--', ref]);
  const line = stdout.split('\n').find((candidate) => candidate.startsWith(`${ref} `));
  return line?.slice(ref.length + 1);
}

function refName(ref: string): string {
  if (ref.startsWith('refs/') && isPlainName(ref)) return ref;
  throw new CallsheetError(
    'NOT_A_REF',
    `${JSON.stringify(ref)} is not the full name of a ref, so no ref was changed.`,
  );
}
