import { readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { errorCode } from '../error/index.js';
import { findNamed } from '../process/index.js';
import { locateCommonDir } from './locate-repository.js';
import { changeSharedState } from './shared-state.js';
import { listWorktrees } from './worktrees.js';

// git holds the lock of one ref for less than a millisecond, unless a hook of the one who moves it takes longer; that
// can only be an agent on its own branch, and that is written when all of its processes have ended.
const LEFT_AFTER_MS = 400;

/** Only callsheet and its agents write there. */
const OURS = /^refs\/(?:callsheet|heads\/callsheet)\/./;

/**
 * Looks at the locks that can stand in the way each time that an update of a ref is refused, and removes one when the
 * same has stood there for too long to be anybody's: a killed git has left it, and nobody else would ever remove it.
 * Time is what has passed here, not what a clock says.
 */
export function leftRefLock(cwd: string, ref: string): () => Promise<void> {
  const ofRef = OURS.test(ref) ? [watched(`${ref}.lock`, async () => true)] : [];
  // Whoever packs the refs of a large repository holds this one for long.
  const ofAll = watched('packed-refs.lock', (commonDir) => isNoGitAtWork(cwd, commonDir));
  return async () => {
    const commonDir = locateCommonDir(cwd);
    if (commonDir === undefined) return;
    for (const look of [...ofRef, ofAll]) await look(commonDir);
  };
}

const LOOK_AGAIN_MS = 100;
/** Until then a lock that nobody holds has been found to be one. */
const MOST_LOOKS = 10;

/**
 * Removes the locks below a prefix that killed gits have left: also of refs that are not there, in whose way nobody would
 * come any more. A git that is killed while it deletes a ref leaves one.
 * @param prefix As `refs/callsheet/`: of refs of callsheet's own.
 */
export async function removeLeftLocks(cwd: string, prefix: string): Promise<void> {
  const commonDir = locateCommonDir(cwd);
  if (commonDir === undefined) return;
  const locks = (await namesBelow(join(commonDir, prefix))).filter((name) => name.endsWith('.lock'));
  await Promise.all(locks.map((name) => removeWhenLeft(commonDir, join(prefix, name))));
}

async function removeWhenLeft(commonDir: string, name: string): Promise<void> {
  const look = watched(name, async () => true);
  for (let looks = 1; looks <= MOST_LOOKS; looks += 1) {
    if ((await fileAt(join(commonDir, name))) === undefined) return;
    await look(commonDir);
    await pause(LOOK_AGAIN_MS);
  }
}

async function namesBelow(folder: string): Promise<string[]> {
  try {
    return await readdir(folder, { recursive: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return [];
  }
}

type IsNobodys = (commonDir: string) => Promise<boolean>;

function watched(name: string, isNobodys: IsNobodys): (commonDir: string) => Promise<void> {
  let first: { file: string; since: number } | undefined;
  return async (commonDir) => {
    const path = join(commonDir, name);
    const file = await fileAt(path);
    if (file === undefined) return;
    if (first?.file !== file) {
      first = { file, since: performance.now() };
      return;
    }
    if (performance.now() - first.since < LEFT_AFTER_MS || !(await isNobodys(commonDir))) return;
    // One at a time: a slower one must not remove the lock that whoever was faster has made since.
    await changeSharedState(commonDir, async () => {
      if ((await fileAt(path)) === file) await rm(path, { force: true });
    });
  };
}

/** Whether no git of anybody works in this repository, as far as the system tells; our own have ended or only read. */
async function isNoGitAtWork(cwd: string, commonDir: string): Promise<boolean> {
  const places = [commonDir, ...(await listWorktrees(cwd)).map(({ path }) => path)];
  return findNamed('git').every(
    ({ parentPid, folder }) =>
      parentPid === process.pid ||
      (folder !== undefined && places.every((place) => relative(place, folder).startsWith('..'))),
  );
}

/** What tells one file of a name from the next. */
async function fileAt(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs, ctimeMs } = await stat(path);
    return `${ino} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error;
    return undefined;
  }
}
