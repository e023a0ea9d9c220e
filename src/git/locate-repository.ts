import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { CallsheetError, errorCode } from '../error/index.js';
import { FileTooLarge, NotAFile, readSmall, realPath } from '../file/index.js';

// As long as a path can be on Linux, with the words around it.
const LONGEST_POINTER_BYTES = 4_096;

export interface Located {
  /** Top folder of the checkout; the repository's own folder when there is no checkout. */
  root: string;
  /** The folder of this worktree inside the repository (HEAD, index). */
  gitDir: string;
  /** Shared by all worktrees: refs, objects, configuration. */
  commonDir: string;
  hasCheckout: boolean;
}

/**
 * Finds the repository around a folder without starting git: checkout, linked worktree, submodule or bare
 * repository. Undefined where there is none.
 * @throws {CallsheetError} `BROKEN_REPOSITORY` when a `.git` file or a `commondir` leads nowhere or elsewhere; of one
 * that leads nowhere `data.gitDir` is where it was to lead.
 * @see https://git-scm.com/docs/gitrepository-layout
 */
export function locateRepository(cwd: string): Located | undefined {
  for (let folder = existingFolder(cwd); folder !== undefined; folder = parentOf(folder)) {
    const gitDir = gitDirIn(folder);
    if (gitDir !== undefined)
      return { root: folder, gitDir, commonDir: commonDirOf(gitDir), hasCheckout: true };
    if (isGitDir(folder))
      return { root: folder, gitDir: folder, commonDir: commonDirOf(folder), hasCheckout: false };
  }
  return undefined;
}

/** `<git common dir>` of the repository around a folder, absolute, or undefined where there is none. */
export function locateCommonDir(cwd: string): string | undefined {
  return locateRepository(cwd)?.commonDir;
}

function existingFolder(path: string): string | undefined {
  try {
    return realPath(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function parentOf(folder: string): string | undefined {
  const parent = dirname(folder);
  return parent === folder ? undefined : parent;
}

function gitDirIn(folder: string): string | undefined {
  const path = join(folder, '.git');
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return gitDirNamedBy(path);
  // git looks further up when a folder of that name is no repository.
  return stats?.isDirectory() && isGitDir(path) ? realPath(path) : undefined;
}

function gitDirNamedBy(file: string): string {
  const named = /^gitdir: (.+?)\r?\n?$/s.exec(pointerIn(file))?.[1];
  if (named === undefined) throw broken(`${file} does not say where its repository is (gitdir: PATH)`);
  const gitDir = resolve(dirname(file), named);
  if (!isGitDir(gitDir))
    throw broken(`${file} says that its repository is ${gitDir}, and there is none`, { gitDir });
  return realPath(gitDir);
}

function isGitDir(folder: string): boolean {
  if (statSync(join(folder, 'HEAD'), { throwIfNoEntry: false })?.isFile() !== true) return false;
  return isFolder(join(folder, 'objects')) || isIn(folder, 'commondir');
}

/** A linked worktree says where the shared part is; it must be the repository that holds the worktree's folder. */
function commonDirOf(gitDir: string): string {
  if (!isIn(gitDir, 'commondir')) return gitDir;
  const named = pointerIn(join(gitDir, 'commondir')).trim();
  const commonDir = resolve(gitDir, named);
  if (!isFolder(join(commonDir, 'objects')))
    throw broken(`${gitDir}/commondir leads to ${commonDir}, which is no repository`);
  const real = realPath(commonDir);
  if (join(real, 'worktrees', basename(gitDir)) !== gitDir) {
    throw broken(`${gitDir}/commondir leads to ${real}, which is another repository`);
  }
  return real;
}

/** What a small file of git says, in which a path stands. */
function pointerIn(file: string): string {
  const text = textIn(file);
  if (text !== undefined && !text.includes('\0')) return text;
  throw broken(`${file} names no folder`);
}

function textIn(file: string): string | undefined {
  try {
    return readSmall(file, LONGEST_POINTER_BYTES).toString('utf8');
  } catch (error) {
    if (error instanceof FileTooLarge || error instanceof NotAFile) return undefined;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isIn(folder: string, name: string): boolean {
  return statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true;
}

function broken(what: string, data: { gitDir?: string } = {}): CallsheetError {
  return new CallsheetError('BROKEN_REPOSITORY', `${what}. Nothing was done.`, {
    hint: 'If the repository was moved, run `git worktree repair` in its main checkout; if not, delete the stale folder or clone again.',
    data,
  });
}
