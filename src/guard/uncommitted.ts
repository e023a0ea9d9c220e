import { committedHashes } from '../git/index.js';
import { contentHash } from '../read/index.js';
import { contentOf } from './content.js';

/**
 * Those of some files of a checkout that its commit does not have as they are, in the order given.
 * @param ask False: no git is started, and what was not committed lately counts as not committed.
 */
export async function uncommitted<File extends { path: string }>(
  checkout: string,
  files: readonly File[],
  ask = true,
): Promise<File[]> {
  const paths = [...new Set(files.map(({ path }) => path))];
  const committed = await committedHashes(checkout, paths, ask);
  return files.filter(({ path }) => !isAs(`${checkout}/${path}`, committed.get(path) ?? ''));
}

/** Whether a file has the content of an object of git, which may keep it with other line ends. */
function isAs(file: string, committed: string): boolean {
  const { hash, bytes } = contentOf(file);
  if (hash === committed) return true;
  if (bytes?.includes('\r\n') !== true || bytes.includes(0)) return false;
  const folded = Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return contentHash(folded, committed) === committed;
}
