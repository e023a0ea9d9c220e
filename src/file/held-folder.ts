import { constants } from 'node:fs';
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error/index.js';
import { handlePath } from './open-file.js';

/** A link, or something else that is no folder, stands where a folder was expected. */
export class LinkInTheWay extends Error {
  override readonly name = 'LinkInTheWay';

  constructor(readonly folder: string) {
    super(`${folder} is no folder, or a link`);
  }
}

/**
 * Does something in a folder below `root` (a real path), whose folders are made where they are missing. Each is opened
 * in the one before without following links, and `use` gets a path that stays with the open folder: a folder that is
 * swapped for a link meanwhile leads nobody out. Where there is no `/proc/self/fd` (not on Linux) the way is looked at
 * again before `use`, which leaves a short moment.
 * @throws {LinkInTheWay} before anything is done.
 */
export async function inHeldFolder<T>(
  root: string,
  names: readonly string[],
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const held: FileHandle[] = [await openFolder(root, root)];
  try {
    let path = root;
    for (const name of names) {
      const parent = held.at(-1);
      const inside = join(parent === undefined ? path : handlePath(parent, path), name);
      path = join(path, name);
      await makeFolder(inside);
      held.push(await openFolder(inside, path));
    }
    const last = held.at(-1);
    if (last !== undefined) await requireSame(last, path);
    return await use(last === undefined ? path : handlePath(last, path));
  } finally {
    for (const handle of held.reverse()) await handle.close();
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

async function openFolder(path: string, shown: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (['ELOOP', 'ENOTDIR', 'EMLINK'].includes(errorCode(error) ?? '')) throw new LinkInTheWay(shown);
    throw error;
  }
}

/** Whether the path still leads to the open folder: only then is using the path as good as using the folder. */
async function requireSame(handle: FileHandle, path: string): Promise<void> {
  const [opened, named] = await Promise.all([handle.stat(), lstat(path)]);
  if (opened.ino !== named.ino || opened.dev !== named.dev) throw new LinkInTheWay(path);
}
