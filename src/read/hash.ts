import { createHash } from 'node:crypto';
import { sha1 } from './sha1.js';

/** Of more bytes V8 would compile our own SHA-1 anew to make it quick, which takes as long as loading the one of Node. */
const SMALL_BYTES = 12_000;

/**
 * git's object id of a file's content, as `git hash-object --no-filters` gives it.
 * @param sample Any object id of the repository: its length tells the hash.
 */
export function contentHash(content: Buffer, sample: string): string {
  const head = `blob ${content.length}\0`;
  if (sample.length === 64) return createHash('sha256').update(head).update(content).digest('hex');
  const ownHash =
    content.length > SMALL_BYTES ? undefined : smallHash(Buffer.concat([Buffer.from(head), content]));
  return ownHash ?? createHash('sha1').update(head).update(content).digest('hex');
}

/** Undefined where WebAssembly is switched off, or given no memory. */
function smallHash(message: Buffer): string | undefined {
  try {
    return sha1(message);
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return undefined;
    throw error;
  }
}
