import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error/index.js';
import { NotAFile, openFile } from '../file/index.js';
import { contentHash } from './hash.js';

/**
 * The object id (SHA-1) that git gives the content of a file; of a link, that of its target. A filter or line-end
 * conversion of the repository is not applied.
 * @param root Top folder of the checkout, absolute.
 * @param maxBytes A file of more is not read. Default: any is.
 * @returns Empty where there is nothing; undefined for what is no file (a folder, a pipe), cannot be read, or is too large.
 * @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export async function fileHash(
  root: string,
  path: string,
  { maxBytes = Number.POSITIVE_INFINITY } = {},
): Promise<string | undefined> {
  const file = join(root, path);
  try {
    await using handle = await openFile(file, { followLink: false });
    if ((await handle.stat()).size > maxBytes) return undefined;
    return contentHash(await handle.readFile(), '');
  } catch (error) {
    if (error instanceof NotAFile || ['ENXIO', 'EACCES', 'EPERM'].includes(errorCode(error) ?? ''))
      return undefined;
    if (errorCode(error) === 'ELOOP') return contentHash(Buffer.from(await readlink(file)), '');
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return '';
    throw error;
  }
}
