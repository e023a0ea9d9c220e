import { createHash } from 'node:crypto';
import { sha1 } from './sha1.js';

/**
 * git's object id of a file's content, as `git hash-object --no-filters` gives it.
 * @param sample Any object id of the repository: its length tells the hash.
 */
export function contentHash(content: Buffer, sample: string): string {
  const head = `blob ${content.length}\0`;
  if (sample.length !== 64 && content.length <= SMALL_BYTES) return smallHash(head, content);
  const hash = createHash(sample.length === 64 ? 'sha256' : 'sha1');
  return hash.update(head).update(content).digest('hex');
}

/** Of more, loading Node's own hashes pays. */
const SMALL_BYTES = 8_192;

let last: { content: Buffer; hash: string } | undefined;

/** What has been written is compared with what was to be, and with what is there now: the same content, several times. */
function smallHash(head: string, content: Buffer): string {
  if (last?.content.equals(content) !== true)
    last = { content: Buffer.from(content), hash: sha1(Buffer.from(head), content) };
  return last.hash;
}
