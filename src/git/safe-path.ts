import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

import { errorCode, usageError } from '../error/index.js';
import { inHeldFolder, LinkInTheWay } from '../file/index.js';
import { oneLine } from '../text/index.js';

// PATH_MAX of Linux, of which the folder of the repository takes its part; the system itself says of the rest.
const LONGEST_PATH_BYTES = 4_096;
const INSIDE = 'Name a path inside the repository, relative to its top folder, such as src/app.ts';
const CONTROLS = /[\u0000-\u001f\u007f]/;
// What HFS+ ignores in a file name (git: utf8.c, next_hfs_char), so that `.g\u200cit` is `.git` there.
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Makes of a path from outside a path below `root` with `/` between folders, and `.` for the root itself. It need
 * not exist; the part of it that does is followed through symlinks and must stay inside.
 * @param from Where a relative path starts, absolute. Default the root.
 * @throws {CallsheetError} `PATH_OUTSIDE` for whatever leaves the root or reaches into `.git`.
 * @see https://git-scm.com/docs/git-config#Documentation/git-config.txt-coreprotectNTFS
 */
export function insideRepository(root: string, path: string, from: string = root): string {
  if (/^~|^[A-Za-z]:|^\\\\/.test(path)) throw outside(path, 'it is not relative to the repository');
  return recordedInside(root, path, from);
}

/**
 * {@link insideRepository} for a path that git or the sheet has recorded, and nobody typed: in `~notes.txt` the `~` is
 * part of a name, not a home folder.
 * @throws {CallsheetError} `PATH_OUTSIDE`.
 */
export function recordedInside(root: string, path: string, from: string = root): string {
  if (path === '') throw outside(path, 'it is empty');
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) throw outside(path, 'it is too long');
  if (CONTROLS.test(path)) throw outside(path, 'it contains a control character');
  if (!path.isWellFormed()) throw outside(path, 'it is not valid Unicode');
  const realRoot = realpathSync(root);
  const inside = relativeTo(root, realRoot, isAbsolute(path) ? path : resolve(from, path));
  if (leaves(inside)) throw outside(path, `it leaves ${root}`);
  if (inside.split(sep).some(isGitFolder)) throw outside(path, 'it reaches into .git');
  const real = relative(realRoot, realOf(join(realRoot, inside), path));
  if (leaves(real)) throw outside(path, `a symlink in it leads out of ${root}`);
  if (real.split(sep).some(isGitFolder)) throw outside(path, 'a symlink in it leads into .git');
  return inside === '' ? '.' : inside.split(sep).join('/');
}

/** An absolute path may name the root by its real path or by the one that was given. */
function relativeTo(root: string, realRoot: string, path: string): string {
  const inside = relative(resolve(root), resolve(path));
  return leaves(inside) ? relative(realRoot, resolve(path)) : inside;
}

function leaves(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

/** `.git`, and every name that some file system takes for it: other case, `git~1`, dots, spaces or streams behind. */
function isGitFolder(name: string): boolean {
  const plain = name.replace(IGNORED_BY_HFS, '').toLowerCase();
  return plain.split(/[\\/]/).some((part) => /^(?:\.git|git~\d+)[. ]*(?::.*)?$/.test(part));
}

/** The real path of what exists; of what does not, below the real path of its folder. */
function realOf(path: string, asked: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errorCode(error) === 'ELOOP') throw outside(asked, 'its symlinks go in a circle');
    if (errorCode(error) === 'ENOTDIR') throw outside(asked, 'a file stands where it needs a folder');
    if (errorCode(error) === 'ENAMETOOLONG') throw outside(asked, 'it is too long');
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (isDanglingLink(path, asked)) throw outside(asked, 'a symlink in it leads nowhere');
  return join(realOf(dirname(path), asked), path.slice(dirname(path).length + 1));
}

function isDanglingLink(path: string, asked: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch (error) {
    if (errorCode(error) === 'ENAMETOOLONG') throw outside(asked, 'it is too long');
    throw error;
  }
}

function outside(path: string, reason: string, hint: string = INSIDE): Error {
  const message = `The path ${JSON.stringify(oneLine(path, 300))} is refused: ${reason}.`;
  return usageError('PATH_OUTSIDE', message, hint);
}

/**
 * Refuses a folder (absolute, without links) in which files of a repository's own would be overwritten or made.
 * @throws {CallsheetError} `PATH_OUTSIDE`.
 */
export function requireNoGitFolder(folder: string, commonDir: string): void {
  const isInside = !leaves(relative(commonDir, folder));
  if (!isInside && !folder.split(sep).some(isGitFolder)) return;
  throw outside(folder, 'it reaches into .git', 'Name a folder outside, such as ../restored');
}

/**
 * Where {@link atPathInside} does something: the path relative to the root, with no link above its last name.
 * @throws {CallsheetError} `PATH_OUTSIDE`, as {@link recordedInside}.
 */
export function placeInside(root: string, path: string): string {
  const realRoot = realpathSync(root);
  const asked = join(realRoot, recordedInside(root, path));
  const folder = relative(realRoot, realOf(dirname(asked), path));
  if (leaves(folder)) throw outside(path, `a symlink in it leads out of ${root}`);
  return join(folder, basename(asked)).split(sep).join('/');
}

/**
 * Does something at a recorded path inside the repository that others could swap for a link meanwhile. `use` gets the
 * path in its folder, which is made when it is missing and held open: what `use` does to the last name, without
 * following a link there, happens inside.
 * @throws {CallsheetError} `PATH_OUTSIDE`, as {@link recordedInside}, and when a folder on the way turns into a link.
 */
export async function atPathInside<T>(
  root: string,
  path: string,
  use: (target: string) => Promise<T>,
): Promise<T> {
  const realRoot = realpathSync(root);
  const names = placeInside(root, path).split('/');
  const last = names.pop() ?? '';
  try {
    return await inHeldFolder(realRoot, names, (held) => use(join(held, last)));
  } catch (error) {
    if (error instanceof LinkInTheWay) throw outside(path, error.message);
    throw error;
  }
}
