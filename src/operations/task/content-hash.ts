import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, usageError } from '../../error/index.js';

/**
 * The object id that git gives a file's content; empty where there is none. A filter or line-end conversion of the
 * repository is not applied: such a file counts as changed rather than as seen.
 * @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export async function contentHash(root: string, path: string): Promise<string> {
  const content = await contentOf(join(root, path), path);
  if (content === undefined) return '';
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

async function contentOf(file: string, path: string): Promise<Buffer | undefined> {
  try {
    const stats = await lstat(file);
    if (stats.isSymbolicLink()) return Buffer.from(await readlink(file));
    if (stats.isFile()) return await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  throw usageError(
    'READ_NO_FILE',
    `${path} is no file. Nothing was recorded.`,
    'Name the files that you have read.',
  );
}
