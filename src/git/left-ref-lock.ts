import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';
import { locateCommonDir } from './locate-repository.js';
import { changeSharedState } from './shared-state.js';

// git holds the lock of one ref for less than a millisecond, unless a hook of the one who moves it takes longer; that
// can only be an agent on its own branch, and that is written when all of its processes have ended.
const LEFT_AFTER_MS = 400;

/** Only callsheet and its agents write there. */
const OURS = /^refs\/(?:callsheet|heads\/callsheet)\/./;

/**
 * Looks at the lock of a ref of ours each time that an update of it is refused, and removes it when the same lock has
 * stood there for too long to be anybody's: a killed git has left it, and nobody else would ever remove it. Time is
 * what has passed here, not what a clock says.
 */
export function leftRefLock(cwd: string, ref: string): () => Promise<void> {
  let first: { file: string; since: number } | undefined;
  return async () => {
    const commonDir = locateCommonDir(cwd);
    if (commonDir === undefined || !OURS.test(ref)) return;
    const path = join(commonDir, `${ref}.lock`);
    const file = await fileAt(path);
    if (file === undefined) return;
    if (first?.file !== file) {
      first = { file, since: performance.now() };
      return;
    }
    if (performance.now() - first.since < LEFT_AFTER_MS) return;
    // One at a time: a slower one must not remove the lock that whoever was faster has made since.
    await changeSharedState(commonDir, async () => {
      if ((await fileAt(path)) === file) await rm(path, { force: true });
    });
  };
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
