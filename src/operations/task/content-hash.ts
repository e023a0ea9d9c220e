import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, usageError } from '../../error/index.js';
import { NotAFile, openFile } from '../../file/index.js';

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
    await using handle = await openFile(file, { followLink: false });
    return await handle.readFile();
  } catch (error) {
    if (error instanceof NotAFile) throw noFile(path);
    if (errorCode(error) === 'ENXIO') throw noFile(path);
    if (errorCode(error) === 'ELOOP') return Buffer.from(await readlink(file));
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function noFile(path: string): Error {
  return usageError(
    'READ_NO_FILE',
    `${path} is no file. Nothing was recorded.`,
    'Name the files that you have read.',
  );
}
