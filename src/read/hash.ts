import { createHash } from 'node:crypto';

/**
 * git's object id of a file's content, as `git hash-object --no-filters` gives it.
 * @param sample Any object id of the repository: its length tells the hash.
 */
export function contentHash(content: Buffer, sample: string): string {
  const hash = createHash(sample.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}
