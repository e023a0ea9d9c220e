import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { CallsheetError, errorCode } from '../error/index.js';
import { isNothingThere, realPath } from '../file/index.js';
import { locateRepository, type Located } from '../git/index.js';

/** Where a path that a tool names really leads. */
export type Target =
  | { where: 'checkout'; checkout: string; path: string; file: string }
  /** The repository's own files, the sheet among them. */
  | { where: 'git' }
  /** Another repository, or none. */
  | { where: 'outside' };

const MOST_LINKS = 40;
/** Nothing can be opened under a longer one. */
const LONGEST_PATH_BYTES = 4_096;

/**
 * Follows links as the tool will, also to what does not exist yet. A path that the file system does not take leads
 * outside: no tool writes there.
 */
export function targetOf(commonDir: string, cwd: string, path: string): Target {
  const file = realOf(resolve(cwd, path), MOST_LINKS);
  if (file === undefined) return { where: 'outside' };
  if (isInside(commonDir, file)) return { where: 'git' };
  const located = repositoryAround(commonDir, existingFolder(dirname(file)));
  if (located?.commonDir !== commonDir || !located.hasCheckout) return { where: 'outside' };
  const checkout = realPath(located.root);
  const inside = file.slice(withSlash(checkout).length).split(sep);
  if (inside.some((name) => name.toLowerCase() === '.git')) return { where: 'git' };
  return { where: 'checkout', checkout, path: inside.join('/'), file };
}

/** Another repository that is broken is looked past, as git does from outside of it; a worktree of this one is not. */
function repositoryAround(commonDir: string, folder: string): Located | undefined {
  try {
    return locateRepository(folder);
  } catch (error) {
    if (!(error instanceof CallsheetError) || error.code !== 'BROKEN_REPOSITORY') throw error;
    if (isWithin(commonDir, error.data)) throw error;
    return dirname(folder) === folder ? undefined : repositoryAround(commonDir, dirname(folder));
  }
}

function isWithin(commonDir: string, data: unknown): boolean {
  const { gitDir } = (data ?? {}) as { gitDir?: unknown };
  return typeof gitDir === 'string' && isInside(commonDir, gitDir);
}

/**
 * The real path of what exists; of what does not, below the real path of its folder. Undefined where nothing can ever
 * be: links in a circle, a folder that is closed, a path that is too long.
 */
function realOf(path: string, links: number): string | undefined {
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) return undefined;
  try {
    return realPath(path);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
  }
  const folder = dirname(path) === path ? path : realOf(dirname(path), links);
  if (folder === undefined) return undefined;
  const named = join(folder, basename(path));
  if (links > 0 && lookAt(named)?.isSymbolicLink() === true)
    return realOf(resolve(folder, readlinkSync(named)), links - 1);
  return named;
}

function existingFolder(folder: string): string {
  return lookAt(folder)?.isDirectory() === true || dirname(folder) === folder
    ? folder
    : existingFolder(dirname(folder));
}

/** What stands there itself: a link, not what it leads to. */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isNothingThere(error)) return undefined;
    throw error;
  }
}

/** Of real paths, both absolute. */
function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(withSlash(folder));
}

function withSlash(folder: string): string {
  return folder.endsWith(sep) ? folder : `${folder}${sep}`;
}
